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

    private PolicySettings() {}

    public static PolicyCompiler compiler(Configuration settings, Metrics metrics, Clock clock) {
        return new PolicyCompiler(Set.copyOf(settings.list(ORIGINS)), new PolicyMetrics(metrics), clock);
    }

    public static void check(Configuration settings, SettingFindings findings) {
        for (String origin : settings.list(ORIGINS)) {
            if (!CorsRule.isOrigin(origin)) {
                findings.refuse(
                        ORIGINS
                                + " holds what is no origin; write each as https://app.example.com in lower case, without a path. A policy of type cors can allow *");
            }
        }
    }
}
