package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.time.Duration;

/** Well-formed, well signed, and by somebody whom the worker does not know. */
final class ForeignKeyTaskProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-SIGN-02",
                        Severity.CRITICAL,
                        "A task that an unknown key signed never runs.",
                        "task document, step 1: signed envelopes",
                        "Take the key that nobody knows out of STEM_SIGNING_PUBLIC_KEYS_FILE, and kill -HUP the worker")
                .requires("V13.2.1")
                .sends(0, "evidence of one refusal; its dead letter is purged")
                .within(Duration.ofSeconds(15));
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        ForgedTask forged = new ForgedTask(TaskTarget.of(visit));
        return forged.send(forged.foreignKey("doctor-foreign"));
    }
}
