package bulwark.kernel.quota;

/**
 * How much a consumer may call. A limit of 0 is no limit.
 *
 * @param perSecond calls refilled in a second
 * @param burst calls at one moment; 0: as many as perSecond
 * @param perMinute calls refilled in a minute, and at one moment
 * @param perDay calls from midnight to midnight UTC
 * @param perMonth calls from the first to the first of a month, UTC
 * @param onStoreFailure what holds while the shared counters cannot be reached
 */
public record QuotaPlan(
        String name,
        long perSecond,
        long burst,
        long perMinute,
        long perDay,
        long perMonth,
        OnStoreFailure onStoreFailure) {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    /** What a gateway does while the counters that it shares with others are gone or silent. */
    public enum OnStoreFailure {
        /** No call is admitted. */
        REFUSE,
        /** This gateway counts by itself, against its share of each limit. */
        LOCAL,
        /** Every call is admitted. */
        ALLOW
    }

    /** @throws IllegalArgumentException when a limit is negative or beyond a billion, or a burst has no rate; the message names the field */
    public QuotaPlan {
        check("rate_limit_per_second", perSecond);
        check("burst_limit", burst);
        check("rate_limit_per_minute", perMinute);
        check("daily_request_limit", perDay);
        check("monthly_request_limit", perMonth);
        if (burst > 0 && perSecond == 0) {
            throw new IllegalArgumentException("burst_limit needs rate_limit_per_second: set both, or neither");
        }
    }

    private static void check(String field, long limit) {
        if (limit < 0 || limit > SECOND) {
            throw new IllegalArgumentException(field + " must be between 0, which is no limit, and 1000000000");
        }
    }

    /** Only a minute's rate and a day's limit, for a consumer without a plan. */
    public static QuotaPlan basic(String name, long perMinute, long perDay) {
        return new QuotaPlan(name, 0, 0, perMinute, perDay, 0, OnStoreFailure.LOCAL);
    }

    long capacity() {
        return burst > 0 ? burst : perSecond;
    }

    /** Rounded up: never more than the limit. */
    Gcra second() {
        return rate(SECOND, perSecond, capacity());
    }

    Gcra minute() {
        return rate(MINUTE, perMinute, perMinute);
    }

    private static Gcra rate(long period, long calls, long capacity) {
        long spacing = Math.ceilDiv(period, calls);
        return new Gcra(spacing, spacing * capacity);
    }

    /** The limit of a period; 0 when there is none. */
    public long limit(QuotaPeriod period) {
        return switch (period) {
            case SECOND -> capacity();
            case MINUTE -> perMinute;
            case DAY -> perDay;
            case MONTH -> perMonth;
        };
    }

    /** The plan of one gateway among several that cannot reach each other: its share of each limit, never more in sum, at least one call. */
    public QuotaPlan share(int gateways) {
        return new QuotaPlan(
                name,
                part(perSecond, gateways),
                part(burst, gateways),
                part(perMinute, gateways),
                part(perDay, gateways),
                part(perMonth, gateways),
                onStoreFailure);
    }

    private static long part(long limit, int gateways) {
        return limit == 0 ? 0 : Math.max(1, limit / gateways);
    }
}
