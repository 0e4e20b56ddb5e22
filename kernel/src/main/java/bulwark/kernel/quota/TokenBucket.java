package bulwark.kernel.quota;

import bulwark.kernel.quota.Quotas.Limit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket as one number: the moment at which it will be full again, in nanoseconds (the generic cell rate algorithm;
 * equal to a bucket with lazy refill). Thread-safe, lock-free.
 */
final class TokenBucket {
    private static final double SECOND = 1e9;
    private static final long MAX_NANOS = Long.MAX_VALUE / 4;

    private final double capacity;
    private final long perToken;
    private final long whenEmpty;
    private final AtomicLong fullAt;
    private volatile boolean changed;

    TokenBucket(Limit limit, long fullAt) {
        this.capacity = limit.capacity();
        this.perToken = Math.max(1, saturated(SECOND / limit.perSecond()));
        this.whenEmpty = saturated(capacity * perToken);
        this.fullAt = new AtomicLong(fullAt);
    }

    static TokenBucket restored(Limit limit, double tokens, long at, long now) {
        TokenBucket bucket = new TokenBucket(limit, at);
        double missing = Math.clamp(bucket.capacity - tokens, 0, bucket.capacity);
        bucket.fullAt.set(Math.min(at + saturated(missing * bucket.perToken), now + bucket.whenEmpty));
        return bucket;
    }

    /** Zero when a token was taken, else the seconds until there is one. */
    double tryAcquire(long now) {
        while (true) {
            long before = fullAt.get();
            // Later than "empty" is impossible unless the clock was set back: then the bucket counts as empty, not as
            // locked.
            long filling = Math.min(Math.max(before, now), now + whenEmpty);
            long after = filling + perToken;
            if (after - now > whenEmpty) {
                fullAt.compareAndSet(before, filling);
                return (after - now - whenEmpty) / SECOND;
            }
            if (fullAt.compareAndSet(before, after)) {
                changed = true;
                return 0;
            }
        }
    }

    double tokens(long now) {
        long missing = Math.clamp(fullAt.get() - now, 0, whenEmpty);
        return Math.max(0, capacity - (double) missing / perToken);
    }

    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    void markChanged() {
        changed = true;
    }

    private static long saturated(double nanos) {
        return nanos >= MAX_NANOS ? MAX_NANOS : Math.round(nanos);
    }
}
