package bulwark.kernel.quota;

import org.jspecify.annotations.Nullable;

/** Whether a call was counted and may go on. */
public sealed interface QuotaDecision {
    /** Counted in every period. @param rateLimit null when the plan has no limit */
    record Admitted(@Nullable QuotaStatus rateLimit) implements QuotaDecision {}

    /**
     * Counted in none.
     *
     * @param period the one that waits longest
     * @param limit of that period
     * @param used calls that it has counted
     * @param retryAfterSeconds ≥ 1; no call is admitted before
     */
    record Exhausted(QuotaPeriod period, long limit, long used, long retryAfterSeconds, QuotaStatus rateLimit)
            implements QuotaDecision {}

    /** The shared counters cannot be reached, and the plan says that no call is admitted then. Counted in none. */
    record StoreUnavailable(long retryAfterSeconds) implements QuotaDecision {}
}
