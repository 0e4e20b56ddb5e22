package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.target.TargetProcess;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.setup.TaskRuntime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A process that is there and does nothing looks alive to everybody but its heartbeat. */
final class WorkerHeartbeatProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException {
        TaskTarget target = TaskTarget.of(visit);
        TargetProcess worker = target.process("worker");
        String expected = "a heartbeat of process " + worker.pid() + ", at most " + MAX_AGE.toSeconds() + " s old";
        try (TaskRuntime observer = target.producer(Map.of())) {
            Optional<ObjectNode> beat = observer.stores().results().heartbeats().stream()
                    .filter(each -> each.path("extras").path("pid").asLong(0) == worker.pid())
                    .findFirst();
            if (beat.isEmpty()) {
                return Observed.fail(expected, "none of that process");
            }
            Instant at = DartTimestamps.parse(beat.get().path("timestamp").asString(""))
                    .orElse(Instant.EPOCH);
            long age = Duration.between(at, visit.clock().instant()).toSeconds();
            return Observed.of(age <= MAX_AGE.toSeconds(), expected, age + " s old");
        }
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-LIVE-01",
                        Severity.HIGH,
                        "The worker's heartbeat is young, and of the process that runs.",
                        "task document, notes: heartbeats",
                        "Look at the worker (bin/stem worker diagnose), and restart it")
                .requires("V13.1.3")
                .within(Duration.ofSeconds(15));
    }

    /** Three intervals. */
    private static final Duration MAX_AGE = Duration.ofSeconds(30);
}
