package bulwark.gateway.quota;

import bulwark.kernel.quota.QuotaDecision.Exhausted;

/** What a caller reads whose quota is used up; the wording is the one that clients of such gateways match. */
final class QuotaSentences {
    private QuotaSentences() {}

    static String of(Exhausted exhausted) {
        return switch (exhausted.period()) {
            case SECOND, MINUTE -> rate(exhausted.period().word(), exhausted.limit());
            case DAY ->
                "Daily quota exceeded: " + exhausted.used() + "/" + exhausted.limit()
                        + " requests used. Resets at midnight UTC.";
            case MONTH ->
                "Monthly quota exceeded: " + exhausted.used() + "/" + exhausted.limit()
                        + " requests used. Resets at month start.";
        };
    }

    static String rate(String period, long limit) {
        return "Rate limit exceeded: " + period + " limit of " + limit + " requests reached";
    }
}
