package bulwark.kernel.quota;

import org.jspecify.annotations.Nullable;

/**
 * What one consumer has used: two token buckets and two calendar counts. Immutable and pure, so that all limits are taken together or not at all.
 *
 * @param secondFullAt as {@link Gcra} keeps it, nanoseconds since 1970
 * @param minuteFullAt the same
 * @param day that dayCount belongs to
 * @param month that monthCount belongs to
 */
public record PlanUsage(long secondFullAt, long minuteFullAt, long day, long dayCount, long month, long monthCount) {
    /** Of a consumer that was never counted. */
    public static final PlanUsage NONE = new PlanUsage(0, 0, 0, 0, 0, 0);
    /** Marks a counter that was forgotten. */
    static final PlanUsage GONE = new PlanUsage(-1, -1, -1, -1, -1, -1);

    private static final long SECOND = 1_000_000_000L;

    /** @param after what to keep; the counts are those from before when the call is refused */
    record Step(PlanUsage after, QuotaDecision decision) {}

    Step reserve(QuotaPlan plan, long now, UtcCalendar today) {
        PlanUsage at = rolled(today);
        if (plan.perMonth() > 0 && at.monthCount >= plan.perMonth()) {
            return at.exhausted(QuotaPeriod.MONTH, plan.perMonth(), at.monthCount, now, today.monthEnd());
        }
        if (plan.perDay() > 0 && at.dayCount >= plan.perDay()) {
            return at.exhausted(QuotaPeriod.DAY, plan.perDay(), at.dayCount, now, today.dayEnd());
        }
        long minute = minuteFullAt;
        if (plan.perMinute() > 0) {
            Gcra rate = plan.minute();
            Gcra.Step step = rate.acquire(minuteFullAt, now);
            if (!step.granted()) {
                return at.waiting(QuotaPeriod.MINUTE, plan.perMinute(), rate, step, now);
            }
            minute = step.fullAt();
        }
        long second = secondFullAt;
        if (plan.perSecond() > 0) {
            Gcra rate = plan.second();
            Gcra.Step step = rate.acquire(secondFullAt, now);
            if (!step.granted()) {
                return at.waiting(QuotaPeriod.SECOND, plan.capacity(), rate, step, now);
            }
            second = step.fullAt();
        }
        PlanUsage after = new PlanUsage(second, minute, at.day, at.dayCount + 1, at.month, at.monthCount + 1);
        return new Step(after, new QuotaDecision.Admitted(after.rateLimit(plan, now, today)));
    }

    /** What a call at this moment would be told; changes nothing. @param nowNanos since 1970 */
    public QuotaDecision decide(QuotaPlan plan, long nowNanos) {
        return reserve(plan, nowNanos, UtcCalendar.at(Math.floorDiv(nowNanos, SECOND)))
                .decision();
    }

    /** What is left now; null without any limit. @param nowNanos since 1970 */
    public @Nullable QuotaStatus rateLimit(QuotaPlan plan, long nowNanos) {
        return rateLimit(plan, nowNanos, UtcCalendar.at(Math.floorDiv(nowNanos, SECOND)));
    }

    boolean isGone() {
        return dayCount < 0;
    }

    /** The counts of today. A clock that was set back never empties a count. */
    PlanUsage rolled(UtcCalendar today) {
        if (day == today.day() && month == today.month()) {
            return this;
        }
        return new PlanUsage(
                secondFullAt,
                minuteFullAt,
                today.day(),
                day >= today.day() ? dayCount : 0,
                today.month(),
                month >= today.month() ? monthCount : 0);
    }

    private Step exhausted(QuotaPeriod period, long limit, long used, long now, long end) {
        long wait = Math.max(1, end - Math.floorDiv(now, SECOND));
        return new Step(this, new QuotaDecision.Exhausted(period, limit, used, wait, new QuotaStatus(limit, 0, end)));
    }

    /** The time from one token to the next: never shorter than what is still missing. */
    private Step waiting(QuotaPeriod period, long limit, Gcra rate, Gcra.Step step, long now) {
        long wait = Math.max(1, Math.ceilDiv(Math.max(rate.spacing(), step.delay()), SECOND));
        QuotaStatus told = new QuotaStatus(limit, 0, Math.ceilDiv(step.fullAt(), SECOND));
        return new Step(this, new QuotaDecision.Exhausted(period, limit, limit, wait, told));
    }

    /** Of the limit with the least left, the longer period where two have the same; null without any limit. */
    @Nullable
    QuotaStatus rateLimit(QuotaPlan plan, long now, UtcCalendar today) {
        PlanUsage at = rolled(today);
        QuotaStatus found = null;
        if (plan.perMonth() > 0) {
            found = new QuotaStatus(plan.perMonth(), Math.max(0, plan.perMonth() - at.monthCount), today.monthEnd());
        }
        if (plan.perDay() > 0) {
            found = lesser(found, plan.perDay(), plan.perDay() - at.dayCount, today.dayEnd());
        }
        if (plan.perMinute() > 0) {
            found = lesser(found, plan.perMinute(), plan.minute(), minuteFullAt, now);
        }
        if (plan.perSecond() > 0) {
            found = lesser(found, plan.capacity(), plan.second(), secondFullAt, now);
        }
        return found;
    }

    private static QuotaStatus lesser(@Nullable QuotaStatus found, long limit, Gcra rate, long fullAt, long now) {
        long missing = Math.clamp(fullAt - now, 0, rate.fillTime());
        return lesser(found, limit, (rate.fillTime() - missing) / rate.spacing(), Math.ceilDiv(now + missing, SECOND));
    }

    private static QuotaStatus lesser(@Nullable QuotaStatus found, long limit, long remaining, long reset) {
        return found != null && found.remaining() <= remaining
                ? found
                : new QuotaStatus(limit, Math.max(0, remaining), reset);
    }

    /** Whether a consumer who is forgotten has the same rights as before. */
    boolean isForgettable(QuotaPlan plan, long now, UtcCalendar today) {
        PlanUsage at = rolled(today);
        return secondFullAt <= now
                && minuteFullAt <= now
                && (plan.perDay() == 0 || at.dayCount == 0)
                && (plan.perMonth() == 0 || at.monthCount == 0);
    }

    /** Whether nothing is counted, under any plan. */
    boolean isEmpty(long now, UtcCalendar today) {
        PlanUsage at = rolled(today);
        return secondFullAt <= now && minuteFullAt <= now && at.dayCount == 0 && at.monthCount == 0;
    }
}
