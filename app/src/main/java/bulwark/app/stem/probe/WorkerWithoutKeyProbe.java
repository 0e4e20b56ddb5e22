package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.target.TargetProcess;
import java.io.IOException;
import java.util.List;

/** What runs other people's code has nothing to sign with. */
final class WorkerWithoutKeyProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-KEYS-02",
                        Severity.HIGH,
                        "The worker was started without a private key.",
                        "task document, ownership table: the worker verifies",
                        "Take STEM_SIGNING_PRIVATE_KEYS and STEM_SIGNING_PRIVATE_KEYS_FILE away from the worker, and restart it")
                .requires("V13.3.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        TargetProcess worker = TaskTarget.of(visit).process("worker");
        List<String> environment = TaskProbes.environment(worker.pid());
        if (environment.isEmpty()) {
            throw new IOException("the worker's environment cannot be seen: it is another user's");
        }
        List<String> keys = environment.stream()
                .filter(word -> word.startsWith("STEM_SIGNING_PRIVATE_KEYS") || word.startsWith("STEM_SIGNING_KEYS"))
                .map(word -> word.substring(0, word.indexOf('=')))
                .toList();
        return Observed.of(
                keys.isEmpty(),
                "no setting that names a private key",
                keys.isEmpty()
                        ? "none in process " + worker.pid()
                        : "process " + worker.pid() + " has " + String.join(", ", keys));
    }
}
