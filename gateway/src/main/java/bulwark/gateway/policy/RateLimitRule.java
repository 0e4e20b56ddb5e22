package bulwark.gateway.policy;

import bulwark.kernel.json.JsonFields;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * At most so many calls in any stretch of time as long as the window.
 *
 * @param limit 1 to 1,000,000,000
 * @param window one second to a day
 * @param maxKeys 1 to 100,000 windows that are kept at once; what comes beyond them shares one
 */
public record RateLimitRule(long limit, Duration window, Key key, int maxKeys) implements PolicyRule {
    private static final int MAX_KEYS = 100_000;
    private static final int DEFAULT_KEYS = 10_000;

    /** Calls with which the same window is shared. */
    public enum Key {
        PRINCIPAL,
        /** Of the socket; an IPv6 network of 64 bits is one. */
        ADDRESS,
        ROUTE
    }

    @Override
    public PolicyType type() {
        return PolicyType.RATE_LIMIT;
    }

    static RateLimitRule read(JsonFields fields) {
        if (!fields.has("limit")) {
            fields.fault("limit", "must not be empty");
        }
        return new RateLimitRule(
                fields.wholeNumber("limit", 1, 1_000_000_000, 1),
                fields.duration("window", Duration.ofSeconds(1), Duration.ofDays(1), Duration.ofMinutes(1)),
                fields.choice("key", Key.class, Key.PRINCIPAL),
                (int) fields.wholeNumber("max_keys", 1, MAX_KEYS, DEFAULT_KEYS));
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("limit", limit);
        fields.put("window", window.toMillis() + "ms");
        fields.put("key", JsonFields.word(key));
        fields.put("max_keys", maxKeys);
        return fields;
    }
}
