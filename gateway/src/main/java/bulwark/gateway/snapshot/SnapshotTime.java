package bulwark.gateway.snapshot;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.time.Timestamps;
import java.time.Instant;
import java.util.Optional;

/** A moment in a snapshot. One that cannot be read is long past: what ends by it has ended. */
final class SnapshotTime {
    private SnapshotTime() {}

    static Instant read(JsonFields fields, String field, String text) {
        Optional<Instant> time = Timestamps.parse(text);
        if (time.isEmpty()) {
            fields.fault(field, "must be a time such as 2026-01-31T12:00:00Z");
        }
        return time.orElse(Instant.EPOCH);
    }
}
