package bulwark.gateway.enforcement;

import bulwark.gateway.policy.CorsRule;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.metrics.Metrics;
import java.time.Clock;
import java.util.Set;

/** What settings say of policies. */
public final class PolicySettings {
    private static final String ORIGINS = "STOA_CORS__ALLOWED_ORIGINS";

    private static final String CACHE = "STOA_CACHE__MAX_MIB";
    private static final long MAX_MIB = 1 << 20;

    private PolicySettings() {}

    public static PolicyCompiler compiler(Configuration settings, ResponseCache cache, Metrics metrics, Clock clock) {
        return new PolicyCompiler(Set.copyOf(settings.list(ORIGINS)), cache, new PolicyMetrics(metrics), clock);
    }

    public static ResponseCache cache(Configuration settings, Metrics metrics) {
        ResponseCache cache = new ResponseCache(settings.count(CACHE) << 20);
        PolicyMetrics.of(cache, metrics);
        return cache;
    }

    public static void check(Configuration settings, SettingFindings findings) {
        if (settings.count(CACHE) < 1 || settings.count(CACHE) > MAX_MIB) {
            findings.refuse(CACHE + " must be between 1 and " + MAX_MIB);
        }
        for (String origin : settings.list(ORIGINS)) {
            if (!CorsRule.isOrigin(origin)) {
                findings.refuse(
                        ORIGINS
                                + " holds what is no origin; write each as https://app.example.com in lower case, without a path. A policy of type cors can allow *");
            }
        }
    }
}
