package bulwark.gateway.possession;

import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts of certificates, proofs and what they are asked for. Thread-safe. */
public final class PossessionMetrics {
    private static final String CERTIFICATES = "stoa_mtls_validations";
    private static final String BINDINGS = "stoa_mtls_binding_checks";
    private static final String PROOFS = "stoa_dpop_validations";
    private static final String SENDERS = "stoa_sender_constraint_checks";
    private static final String PROFILES = "stoa_profile_enforcement";

    public static final List<MetricDescription> DESCRIPTIONS = List.of(
            MetricDescription.counter(CERTIFICATES, "client certificates of calls that were looked at", "result"),
            MetricDescription.counter(BINDINGS, "tokens compared with the client certificate of the call", "result"),
            MetricDescription.counter(PROOFS, "proofs of possession that were looked at", "result"),
            MetricDescription.counter(
                    SENDERS, "calls whose token must come with a proof or a certificate", "result", "method"),
            MetricDescription.counter(PROFILES, "calls with a key of a security profile", "result", "profile"));

    private static final List<String> RESULTS =
            List.of("success", "no_cert", "invalid", "expired", "mismatch", "denied");

    private final Metrics metrics;

    public PossessionMetrics(Metrics metrics) {
        this.metrics = metrics;
        for (String result : RESULTS) {
            metrics.counter(CERTIFICATES, "result", result);
        }
        for (String result : List.of("success", "mismatch")) {
            metrics.counter(BINDINGS, "result", result);
        }
        metrics.counter(PROOFS, "result", "success");
        metrics.counter(PROOFS, "result", "replay");
    }

    /** How often client certificates had each result since the start. */
    public static Map<String, Long> certificates(Metrics metrics) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String result : RESULTS) {
            counts.put(result, (long)
                    metrics.counter(CERTIFICATES, "result", result).count());
        }
        return counts;
    }

    void certificate(String result) {
        metrics.count(CERTIFICATES, "result", result);
    }

    void binding(boolean matches) {
        metrics.count(BINDINGS, "result", matches ? "success" : "mismatch");
    }

    void proof(String result) {
        metrics.count(PROOFS, "result", result);
    }

    void sender(boolean fulfilled, String method) {
        metrics.count(SENDERS, "result", fulfilled ? "success" : "missing", "method", method);
    }

    void profile(boolean fulfilled, SecurityProfile profile) {
        metrics.count(PROFILES, "result", fulfilled ? "allowed" : "denied", "profile", profile.wireName());
    }
}
