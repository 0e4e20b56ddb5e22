package bulwark.kernel.quota;

import java.time.Clock;
import java.util.Map;

/** Token buckets per (principal, tenant, dimension); in memory, bounded; saved to and restored from the store by {@link QuotaPersistence}. Thread-safe, lock-free on the hot path. */
public final class Quotas {
    private Quotas() {}

    /** @param limits by dimension; a dimension without a limit is never refused */
    public static Quotas of(Map<String, Limit> limits, Clock clock) {
        throw new UnsupportedOperationException("skeleton");
    }

    public Grant take(String principal, String tenant, String dimension) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** capacity in tokens (> 0), refill in tokens per second (> 0). */
    public record Limit(double capacity, double perSecond) {}

    public sealed interface Grant {
        record Granted() implements Grant {}

        /** @param retryAfter seconds until the next token, > 0 */
        record Refused(double retryAfter) implements Grant {}
    }
}
