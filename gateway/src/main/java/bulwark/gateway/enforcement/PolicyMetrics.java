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

    public static final List<MetricDescription> DESCRIPTIONS = List.of(MetricDescription.counter(
            DECISIONS,
            "calls that a policy decided on; in mode shadow nothing came of it",
            "policy",
            "type",
            "mode",
            "outcome"));

    private final Metrics metrics;

    public PolicyMetrics(Metrics metrics) {
        this.metrics = metrics;
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
