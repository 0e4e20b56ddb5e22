package bulwark.kernel.quota;

import bulwark.kernel.quota.Quotas.Limit;
import java.util.concurrent.atomic.AtomicLong;

/** The state of one {@link Gcra} in memory. Thread-safe, lock-free. */
final class TokenBucket {
    private static final double SECOND = 1e9;
    private static final long MAX_NANOS = Long.MAX_VALUE / 4;

    private final double capacity;
    private final Gcra rate;
    private final AtomicLong fullAt;
    private volatile boolean changed;

    TokenBucket(Limit limit, long fullAt) {
        this.capacity = limit.capacity();
        long spacing = Math.max(1, saturated(SECOND / limit.perSecond()));
        this.rate = new Gcra(spacing, saturated(capacity * spacing));
        this.fullAt = new AtomicLong(fullAt);
    }

    static TokenBucket restored(Limit limit, double tokens, long at, long now) {
        TokenBucket bucket = new TokenBucket(limit, at);
        double missing = Math.clamp(bucket.capacity - tokens, 0, bucket.capacity);
        bucket.fullAt.set(Math.min(at + saturated(missing * bucket.rate.spacing()), now + bucket.rate.fillTime()));
        return bucket;
    }

    /** Zero when a token was taken, else the seconds until there is one. */
    double tryAcquire(long now) {
        while (true) {
            long before = fullAt.get();
            Gcra.Step step = rate.acquire(before, now);
            if (fullAt.compareAndSet(before, step.fullAt()) || !step.granted()) {
                if (step.granted()) {
                    changed = true;
                }
                return step.delay() / SECOND;
            }
        }
    }

    double tokens(long now) {
        long missing = Math.clamp(fullAt.get() - now, 0, rate.fillTime());
        return Math.max(0, capacity - (double) missing / rate.spacing());
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
