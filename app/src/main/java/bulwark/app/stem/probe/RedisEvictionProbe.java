package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** Read from the server: a file that says so does not run. */
final class RedisEvictionProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-REDIS-04",
                        Severity.HIGH,
                        "The broker throws no task away when its memory is full.",
                        "task document, notes: durability of the broker",
                        "redis-cli config set maxmemory-policy noeviction, and the same in its file")
                .requires("V16.5.3")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        String policy = RedisTarget.of(visit).setting("maxmemory-policy");
        return Observed.of(policy.equals("noeviction"), "maxmemory-policy noeviction", "maxmemory-policy " + policy);
    }
}
