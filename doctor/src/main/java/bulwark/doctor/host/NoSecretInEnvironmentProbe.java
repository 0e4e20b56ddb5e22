package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Every process of the user reads the environment of every other, and children inherit it: a secret belongs into a file that a setting names. */
final class NoSecretInEnvironmentProbe implements Probe {
    private static final Pattern SECRET =
            Pattern.compile("[A-Z0-9_]*(SECRET|PASSWORD|TOKEN|PRIVATE_KEYS?|ADMIN_KEY|API_KEY|SIGNING_KEYS)=.+");
    private static final Pattern LONG_VALUE = Pattern.compile("[^=]+=.{8,}");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-SECRETS-01",
                        Severity.HIGH,
                        "No process was given a secret in its environment.",
                        "page \"Secrets Management\"; runbook, section 1",
                        "Put the value into a file of mode 600, set NAME_FILE to it, and restart the process")
                .requires("V13.3.1");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> found = new ArrayList<>();
        List<HostProcess> all = HostProcess.of(visit);
        for (HostProcess process : all) {
            process.environment().stream()
                    .filter(word -> SECRET.matcher(word).matches()
                            && LONG_VALUE.matcher(word).matches())
                    .forEach(word -> found.add(process.words() + " has " + word.substring(0, word.indexOf('='))));
        }
        return Observed.of(
                found.isEmpty(),
                "names of files, and no secret",
                found.isEmpty() ? all.size() + " processes, none with a secret" : FilesClosedProbe.first(found));
    }
}
