package bulwark.gateway.enforcement;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import io.micrometer.core.instrument.Counter;
import java.util.List;

/** Counts what policies decide. Thread-safe. */
public final class PolicyMetrics {
    private static final String DECISIONS = "stoa_policy_decisions";

    private static final String CACHE_BYTES = "stoa_response_cache_bytes";
    private static final String CACHE_HITS = "stoa_response_cache_hits";
    private static final String CACHE_MISSES = "stoa_response_cache_misses";

    public static final List<MetricDescription> DESCRIPTIONS = List.of(
            MetricDescription.counter(
                    DECISIONS,
                    "calls that a policy decided on; in mode shadow nothing came of it",
                    "policy",
                    "type",
                    "mode",
                    "outcome"),
            MetricDescription.gauge(CACHE_BYTES, "bytes of answers that are kept"),
            MetricDescription.gauge(CACHE_HITS, "calls since the start that a kept answer was found for"),
            MetricDescription.gauge(CACHE_MISSES, "calls since the start that were looked up and not found"));

    private final Metrics metrics;

    public PolicyMetrics(Metrics metrics) {
        this.metrics = metrics;
    }

    /** Shows what the cache counts. */
    static void of(ResponseCache cache, Metrics metrics) {
        metrics.gauge(CACHE_BYTES, () -> cache.stats().bytes());
        metrics.gauge(CACHE_HITS, () -> cache.stats().hits());
        metrics.gauge(CACHE_MISSES, () -> cache.stats().misses());
    }

    Counter counter(ApiPolicy policy, String outcome) {
        return metrics.counter(
                DECISIONS,
                "policy",
                policy.id(),
                "type",
                policy.type().wireName(),
                "mode",
                JsonFields.word(policy.mode()),
                "outcome",
                outcome);
    }
}
