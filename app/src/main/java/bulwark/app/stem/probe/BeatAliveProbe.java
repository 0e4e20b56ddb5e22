package bulwark.app.stem.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Without it no schedule fires, and nothing says so. */
final class BeatAliveProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-LIVE-02",
                        Severity.HIGH,
                        "The beat is alive and answers.",
                        "task document, notes: \"beat alive and each tick once\"",
                        "Look at the beat's log, and restart it")
                .requires("V13.1.3")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        TaskTarget target = TaskTarget.of(visit);
        long pid = target.process("beat").pid();
        String expected = "process " + pid + ", running and healthy";
        String state = state(pid);
        if (state.startsWith("T") || state.startsWith("Z")) {
            return Observed.fail(expected, "process " + pid + " stands still: state " + state);
        }
        ProbeAnswer answer = visit.client().get(target.part().url("beat_url"), "/healthz", null);
        return Observed.of(answer.status() == 200, expected, "process " + pid + ", status " + answer.status());
    }

    /** As the kernel's table has it, for instance {@code T (stopped)}. */
    private static String state(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("State:"))
                .map(line -> line.substring("State:".length()).strip())
                .findFirst()
                .orElse("unknown");
    }
}
