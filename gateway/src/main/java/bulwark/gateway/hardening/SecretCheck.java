package bulwark.gateway.hardening;

import bulwark.gateway.hardening.BoxFinding.Observation;
import bulwark.gateway.redis.RedisSettings;
import bulwark.kernel.process.PidFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Where secrets stand: the environment of the gateway's own process, its settings, and the manifests. */
final class SecretCheck {
    private static final Pattern SECRET =
            Pattern.compile(".*(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL).*");
    private static final Pattern REFERENCE =
            Pattern.compile(".*(_FILE|_PATH|_URL|_TTL|_SECS|_PER_SEC|_ENABLED|_LIMIT)$");
    private static final String FILE = "_FILE";

    private SecretCheck() {}

    static boolean isSecretName(String name) {
        String upper = name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
        return SECRET.matcher(upper).matches() && !REFERENCE.matcher(upper).matches();
    }

    static BoxFinding of(HardeningTarget target) {
        Observation seen = new Observation();
        process(target, seen);
        List<String> inSettings = target.secrets().stream()
                .filter(name -> target.settings().secret(name).isPresent())
                .filter(name -> !target.sources().getOrDefault(name, "").contains(FILE))
                .filter(name -> isSecret(name, target))
                .sorted()
                .toList();
        inSettings.forEach(name -> seen.bad(name + " stands in "
                + target.sources().getOrDefault(name, "the settings") + " and not in a file of its own"));
        if (inSettings.isEmpty()) {
            seen.good("every secret of the settings is a reference to a file");
        }
        ManifestCheck.literalSecrets(target, seen);
        return seen.of(HardeningBox.SECRETS);
    }

    /** The URL of Redis is one only with a password in it. */
    private static boolean isSecret(String name, HardeningTarget target) {
        return !name.equals(RedisSettings.URL)
                || target.settings()
                        .secret(name)
                        .filter(RedisSettings::holdsPassword)
                        .isPresent();
    }

    private static void process(HardeningTarget target, Observation seen) {
        Path pidFile = target.stateFolder().resolve("gateway.pid");
        try {
            if (!(PidFile.inspect(pidFile) instanceof PidFile.State.Running running)) {
                seen.unseen("no gateway runs with " + target.stateFolder());
                return;
            }
            List<String> names = new ArrayList<>();
            String text = Files.readString(
                    Path.of("/proc", Long.toString(running.pid()), "environ"), StandardCharsets.ISO_8859_1);
            for (String variable : text.split("\0")) {
                String name = variable.substring(0, Math.max(0, variable.indexOf('=')));
                if (isSecretName(name)) {
                    names.add(name);
                }
            }
            seen.judge(
                    names.isEmpty(),
                    "the environment of process " + running.pid() + " holds no secret",
                    "the environment of process " + running.pid() + " holds " + String.join(", ", names));
        } catch (IOException e) {
            seen.unseen("the environment of the gateway's process cannot be read: " + e.getMessage());
        }
    }
}
