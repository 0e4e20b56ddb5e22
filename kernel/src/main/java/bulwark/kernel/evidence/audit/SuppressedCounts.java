package bulwark.kernel.evidence.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many rows were not written, by what they would have said. Bounded: past the limit all actors of a type share a count. Not thread-safe. */
final class SuppressedCounts {
    private static final int MAX_KEYS = 10_000;

    private final Map<Key, Long> counts = new HashMap<>();

    /** @param remote address of a caller who is not known, else null */
    record Key(
            String type,
            @Nullable String actor,
            String tenant,
            @Nullable String reason,
            @Nullable String remote) {
        static Key of(AuditEvent event, @Nullable String reason) {
            return new Key(event.type(), event.actor(), event.tenant(), reason, null);
        }

        static Key ofStranger(AuditEvent event, String reason, String remote) {
            return new Key(event.type(), null, event.tenant(), reason, remote);
        }

        /** All whoever they are. */
        Key withoutOrigin() {
            return new Key(type, null, tenant, reason, null);
        }
    }

    void add(Key key, long count) {
        Key bounded = counts.size() < MAX_KEYS || counts.containsKey(key) ? key : key.withoutOrigin();
        counts.merge(bounded, count, Long::sum);
    }

    void moveTo(SuppressedCounts other) {
        counts.forEach(other::add);
        counts.clear();
    }

    /** One event for each count; empties this. */
    List<AuditEvent> drain() {
        List<AuditEvent> events = new ArrayList<>(counts.size());
        counts.forEach((key, count) -> {
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("suppressed", count);
            if (key.reason != null) {
                detail.put("reason", key.reason);
            }
            if (key.remote != null) {
                detail.put("remote", key.remote);
            }
            events.add(new AuditEvent(key.type, key.actor, key.tenant, null, null, detail));
        });
        counts.clear();
        return events;
    }
}
