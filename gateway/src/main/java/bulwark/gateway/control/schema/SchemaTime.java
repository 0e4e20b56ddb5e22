package bulwark.gateway.control.schema;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.time.Timestamps;
import java.time.Instant;
import java.util.Optional;

/** A moment in a body, as RFC 3339 writes it. */
final class SchemaTime {
    private static final int MAX_LENGTH = 40;

    private SchemaTime() {}

    static Optional<Instant> read(JsonFields fields, String name) {
        String text = fields.text(name, MAX_LENGTH, "");
        Optional<Instant> time = Timestamps.parse(text);
        if (time.isEmpty()) {
            fields.fault(name, "must be a time such as 2026-01-31T12:00:00Z");
        }
        return time;
    }
}
