package bulwark.kernel.quota;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Token buckets per (principal, tenant, dimension); in memory, bounded; saved to and restored from the store by {@link
 * QuotaPersistence}. A new bucket is full. Thread-safe, lock-free on the hot path.
 */
public final class Quotas {
    private static final int MAX_BUCKETS = 100_000;

    private final Map<String, Limit> limits;
    private final Clock clock;
    private final Cache<Key, TokenBucket> buckets =
            Caffeine.newBuilder().maximumSize(MAX_BUCKETS).build();

    private Quotas(Map<String, Limit> limits, Clock clock) {
        this.limits = Map.copyOf(limits);
        this.clock = clock;
    }

    /** @param limits by dimension; a dimension without a limit is never refused */
    public static Quotas of(Map<String, Limit> limits, Clock clock) {
        return new Quotas(limits, clock);
    }

    /** Other buckets on the same clock, kept in memory only. */
    public Quotas sibling(Map<String, Limit> other) {
        return of(other, clock);
    }

    public Decision tryAcquire(String principal, String tenant, String dimension) {
        Limit limit = limits.get(dimension);
        if (limit == null) {
            return Decision.Granted.INSTANCE;
        }
        Key key = new Key(principal, tenant, dimension);
        long now = Gcra.nanos(clock.instant());
        double wait = buckets.get(key, k -> new TokenBucket(limit, now)).tryAcquire(now);
        return wait == 0 ? Decision.Granted.INSTANCE : new Decision.Refused(wait);
    }

    /** The buckets that changed since the last call, as they are now. */
    List<Saved> takeChanged() {
        Instant instant = clock.instant();
        List<Saved> changed = new ArrayList<>();
        buckets.asMap().forEach((key, bucket) -> {
            if (bucket.takeChanged()) {
                changed.add(new Saved(key, bucket.tokens(Gcra.nanos(instant)), instant));
            }
        });
        return changed;
    }

    void markChanged(List<Saved> lost) {
        for (Saved saved : lost) {
            TokenBucket bucket = buckets.getIfPresent(saved.key());
            if (bucket != null) {
                bucket.markChanged();
            }
        }
    }

    /** False when the bucket would be full by now or has no limit any more: nothing to remember. */
    boolean restore(Saved saved) {
        Limit limit = limits.get(saved.key().dimension());
        if (limit == null) {
            return false;
        }
        long now = Gcra.nanos(clock.instant());
        TokenBucket bucket = TokenBucket.restored(limit, saved.tokens(), Gcra.nanos(saved.at()), now);
        if (bucket.tokens(now) >= limit.capacity()) {
            return false;
        }
        buckets.put(saved.key(), bucket);
        return true;
    }

    record Key(String principal, String tenant, String dimension) {}

    record Saved(Key key, double tokens, Instant at) {}

    /** capacity in tokens (≥ 1), refill in tokens per second (> 0). */
    public record Limit(double capacity, double perSecond) {
        public Limit {
            if (!(capacity >= 1) || !(perSecond > 0) || Double.isInfinite(capacity + perSecond)) {
                throw new IllegalArgumentException("a quota needs a capacity of 1 or more and a refill above 0");
            }
        }
    }

    public sealed interface Decision {
        record Granted() implements Decision {
            static final Granted INSTANCE = new Granted();
        }

        /** @param retryAfter seconds until the next token, > 0 */
        record Refused(double retryAfter) implements Decision {}
    }
}
