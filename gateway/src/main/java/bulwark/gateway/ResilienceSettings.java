package bulwark.gateway;

import static bulwark.kernel.config.Setting.Kind.COUNT;

import bulwark.gateway.balance.BreakerSettings;
import bulwark.gateway.balance.RetryBudget;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Circuit breakers and retries as the settings of the operator make them. */
final class ResilienceSettings {
    private static final String FAILURES = "STOA_CB_FAILURE_THRESHOLD";
    private static final String RESET = "STOA_CB_RESET_TIMEOUT_SECS";
    private static final String PROBES = "STOA_CB_SUCCESS_THRESHOLD";
    private static final String RETRIES = "STOA_RETRY__BUDGET_PERCENT";

    /** Each upstream keeps the time of so many failures. */
    private static final long MAX_THRESHOLD = 1_000;

    private static final long MAX_RESET_SECONDS = 86_400;

    private ResilienceSettings() {}

    static void add(SettingsTable table) {
        table.add("CB_FAILURE_THRESHOLD", COUNT, "5", "failures in a minute that open the circuit of an upstream")
                .add("CB_RESET_TIMEOUT_SECS", COUNT, "30", "how long it stays open")
                .add("CB_SUCCESS_THRESHOLD", COUNT, "2", "probes that close it")
                .add("RETRY__BUDGET_PERCENT", COUNT, "20", "retries in percent of live requests");
    }

    private record Range(long min, long max) {}

    static void check(Configuration settings, SettingFindings findings) {
        Map<String, Range> ranges = new LinkedHashMap<>();
        ranges.put(FAILURES, new Range(1, MAX_THRESHOLD));
        ranges.put(RESET, new Range(1, MAX_RESET_SECONDS));
        ranges.put(PROBES, new Range(1, MAX_THRESHOLD));
        ranges.put(RETRIES, new Range(0, 100));
        ranges.forEach((name, range) -> {
            long value = settings.count(name);
            if (value < range.min || value > range.max) {
                findings.refuse(name + " must be from " + range.min + " to " + range.max);
            }
        });
    }

    static BreakerSettings breakers(Configuration settings) {
        return new BreakerSettings(
                Math.toIntExact(settings.count(FAILURES)),
                BreakerSettings.STANDARD.window(),
                Duration.ofSeconds(settings.count(RESET)),
                Math.toIntExact(settings.count(PROBES)));
    }

    static RetryBudget retries(Configuration settings) {
        return new RetryBudget(Math.toIntExact(settings.count(RETRIES)));
    }
}
