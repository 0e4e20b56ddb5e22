package bulwark.gateway.balance;

import java.util.concurrent.atomic.AtomicInteger;

/** How many calls may be tries beyond the first at one time: a share of the calls under way, so that retries never multiply a failure. Thread-safe. */
public final class RetryBudget {
    /** A gateway with few calls may retry too. */
    private static final int MIN_CONCURRENT = 3;

    private final int percent;
    private final AtomicInteger retrying = new AtomicInteger();

    /** @param percent of calls under way; 0 for no retries */
    public RetryBudget(int percent) {
        this.percent = percent;
    }

    /** When true, {@link #release} must follow. @param live calls under way */
    public boolean acquire(int live) {
        if (percent == 0) {
            return false;
        }
        int limit = Math.max(MIN_CONCURRENT, (int) ((long) live * percent / 100));
        if (retrying.incrementAndGet() > limit) {
            retrying.decrementAndGet();
            return false;
        }
        return true;
    }

    public void release() {
        retrying.decrementAndGet();
    }
}
