package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.time.Duration;

/** The id is of a trusted key, the signature of another: an id alone must open nothing. */
final class ForgedTaskProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-SIGN-03",
                        Severity.CRITICAL,
                        "A task that bears the name of a trusted key, and not its signature, never runs.",
                        "task document, step 1: signed envelopes",
                        "Compare STEM_SIGNING_PUBLIC_KEYS_FILE with the keys that you made, and kill -HUP the worker")
                .requires("V13.2.1")
                .sends(0, "evidence of one refusal; its dead letter is purged")
                .within(Duration.ofSeconds(15));
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        TaskTarget target = TaskTarget.of(visit);
        ForgedTask forged = new ForgedTask(target);
        return forged.send(forged.foreignKey(target.trustedKeyId().orElse("unknown")));
    }
}
