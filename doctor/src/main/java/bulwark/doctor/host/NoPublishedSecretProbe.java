package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.config.DotEnv;
import bulwark.kernel.keys.CompromisedSecrets;
import bulwark.kernel.secrets.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A value that stands in a published document protects nothing, however long it is. */
final class NoPublishedSecretProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-SECRETS-02",
                        Severity.CRITICAL,
                        "No settings file holds a secret that was ever published.",
                        "runbook, section 1: \"published secrets\"",
                        "Make a fresh value (openssl rand -hex 32), and rotate what the old one opened")
                .requires("V13.2.3");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> found = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> all = Files.walk(visit.state())) {
            files = all.filter(path -> String.valueOf(path.getFileName()).equals(".env"))
                    .filter(Files::isRegularFile)
                    .toList();
        }
        for (Path file : files) {
            DotEnv.parse(Files.readString(file)).values().forEach((name, value) -> {
                if (!value.isEmpty() && CompromisedSecrets.contains(SecretBytes.ofText(value))) {
                    found.add(name + " in " + visit.state().relativize(file));
                }
            });
        }
        return Observed.of(
                found.isEmpty(),
                "values that nobody else knows",
                found.isEmpty()
                        ? files.size() + " settings files, none with a published value"
                        : "published values: " + FilesClosedProbe.first(found));
    }
}
