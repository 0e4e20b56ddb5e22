package bulwark.gateway.credential;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Since when each secret has its value, over restarts: {@code secret-ages.json} of the state folder holds a keyed digest of each value and the time at which it was seen first. Thread-safe.
 */
public final class SecretAges {
    private static final Logger LOG = LoggerFactory.getLogger(SecretAges.class);
    private static final int DIGEST_BYTES = 16;

    private final Path file;
    private final SecretBytes key;
    private final Signing signing;
    private final Clock clock;
    private final Map<String, Seen> seen = new TreeMap<>();

    private record Seen(String digest, long sinceMillis) {}

    private SecretAges(Path file, SecretBytes key, Signing signing, Clock clock) {
        this.file = file;
        this.key = key;
        this.signing = signing;
        this.clock = clock;
    }

    /** Of a gateway. A file that cannot be read counts as none: ages begin again. */
    public static SecretAges open(Path stateFolder, Signing signing, Clock clock) {
        return open(stateFolder, "secret-ages.json", signing, clock);
    }

    /** @param file in the state folder, of one process alone */
    public static SecretAges open(Path stateFolder, String file, Signing signing, Clock clock) {
        SecretAges ages =
                new SecretAges(stateFolder.resolve(file), CredentialKey.read(stateFolder, signing), signing, clock);
        ages.load();
        return ages;
    }

    private void load() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            for (Map.Entry<String, JsonNode> entry :
                    StrictJson.parse(Files.readAllBytes(file)).properties()) {
                JsonNode value = entry.getValue();
                if (value.path("digest").isString() && value.path("since").canConvertToLong()) {
                    seen.put(
                            entry.getKey(),
                            new Seen(
                                    value.path("digest").stringValue(),
                                    value.path("since").longValue()));
                }
            }
        } catch (IOException | StrictJson.JsonRefused e) {
            LOG.warn("{} cannot be read, so that the ages of secrets begin again: {}", file, e.getMessage());
        }
    }

    /** Looks at the values that are in use now; those of other names are forgotten. */
    public synchronized void observe(Map<String, SecretBytes> secrets) {
        Map<String, Seen> next = new TreeMap<>();
        secrets.forEach((name, secret) -> {
            String digest = digest(name, secret);
            Seen before = seen.get(name);
            next.put(
                    name, before != null && before.digest().equals(digest) ? before : new Seen(digest, clock.millis()));
        });
        if (!next.equals(seen)) {
            seen.clear();
            seen.putAll(next);
            write();
        }
    }

    private String digest(String name, SecretBytes secret) {
        byte[] value = (name + "\n" + secret.exposeText(SecretAccess.grant()))
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return Base64Url.text(Arrays.copyOf(signing.hmacSha256(key, value), DIGEST_BYTES));
    }

    private void write() {
        Map<String, Object> document = new LinkedHashMap<>();
        seen.forEach(
                (name, value) -> document.put(name, Map.of("digest", value.digest(), "since", value.sinceMillis())));
        try {
            OwnerOnlyFiles.write(file, StrictJson.write(document));
        } catch (IOException e) {
            LOG.warn(
                    "{} cannot be written, so that the ages of secrets begin again at the next start: {}",
                    file,
                    e.getMessage());
        }
    }

    /** 0 for one that was never seen. */
    public synchronized long seconds(String name) {
        Seen value = seen.get(name);
        return value == null ? 0 : Math.max(0, (clock.millis() - value.sinceMillis()) / 1_000);
    }

    /** Of the oldest one whose name begins so; 0 where there is none. */
    public synchronized long oldest(String prefix) {
        return seen.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .mapToLong(this::seconds)
                .max()
                .orElse(0);
    }
}
