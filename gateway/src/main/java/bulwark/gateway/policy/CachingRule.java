package bulwark.gateway.policy;

import bulwark.kernel.json.JsonFields;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Answers to GET are kept and given again, as RFC 9111 allows a shared cache.
 *
 * @param ttl of answers that say nothing of their freshness; zero: those are not kept
 * @param maxEntryBytes of a body; a longer one is not kept
 * @param shared whether one principal may see what another one's call brought
 */
public record CachingRule(Duration ttl, int maxEntryBytes, boolean shared) implements PolicyRule {
    private static final int MAX_ENTRY_BYTES = 4 << 20;
    private static final int DEFAULT_ENTRY_BYTES = 256 << 10;

    @Override
    public PolicyType type() {
        return PolicyType.CACHING;
    }

    static CachingRule read(JsonFields fields) {
        return new CachingRule(
                fields.duration("ttl", Duration.ZERO, Duration.ofDays(1), Duration.ZERO),
                (int) fields.wholeNumber("max_entry_bytes", 1, MAX_ENTRY_BYTES, DEFAULT_ENTRY_BYTES),
                fields.flag("shared", false));
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("ttl", ttl.toMillis() + "ms");
        fields.put("max_entry_bytes", maxEntryBytes);
        fields.put("shared", shared);
        return fields;
    }
}
