package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** Whoever reaches the broker can write to it, so the broker is not trusted. */
final class UnsignedTaskProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-SIGN-01",
                        Severity.CRITICAL,
                        "A task without a signature never runs.",
                        "task document, step 1: signed envelopes",
                        "Give the worker its keys (STEM_SIGNING_PUBLIC_KEYS_FILE), and look what else takes from its queues")
                .requires("V13.2.1")
                .sends(0, "evidence of one refusal; its dead letter is purged")
                .within(Duration.ofSeconds(15));
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        return new ForgedTask(TaskTarget.of(visit)).send(Map.of());
    }
}
