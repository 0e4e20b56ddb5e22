package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** By the time of their files, since such a key has no date of its own. */
final class SigningKeyAgesProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException {
        TaskTarget target = TaskTarget.of(visit);
        List<String> old = new ArrayList<>();
        long oldest = 0;
        for (String name : List.of("private", "operator")) {
            Path file = target.keys().resolve(name);
            if (Files.exists(file)) {
                long days = Duration.between(
                                Files.getLastModifiedTime(file).toInstant(),
                                visit.clock().instant())
                        .toDays();
                oldest = Math.max(oldest, days);
                if (days > MAX_DAYS) {
                    old.add(name + " is " + days + " days old");
                }
            }
        }
        return Observed.of(
                old.isEmpty(),
                "at most " + MAX_DAYS + " days",
                old.isEmpty() ? "the oldest is " + oldest + " days old" : String.join("; ", old));
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-KEYS-03",
                        Severity.MEDIUM,
                        "Signing keys are younger than 90 days.",
                        "task document, notes: rotation",
                        "Rotate them: docs/tasks/keys.md says how")
                .requires("V13.3.4");
    }

    private static final int MAX_DAYS = 90;
}
