package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.Set;

/** Read from the server: what it answered and did not write is gone when it stops. */
final class RedisDurabilityProbe implements Probe {
    private static final Set<String> SYNCED = Set.of("always", "everysec");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-REDIS-05",
                        Severity.HIGH,
                        "The broker writes each task to its append-only file, and syncs it each second or at once.",
                        "task document, notes: durability of the broker",
                        "redis-cli config set appendonly yes and appendfsync everysec, and the same in its file")
                .requires("V16.5.3")
                .sends(2, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        RedisTarget redis = RedisTarget.of(visit);
        String append = redis.setting("appendonly");
        String sync = redis.setting("appendfsync");
        return Observed.of(
                append.equals("yes") && SYNCED.contains(sync),
                "appendonly yes, appendfsync everysec or always",
                "appendonly " + append + ", appendfsync " + sync);
    }
}
