package bulwark.gateway.egress;

import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.GuardDecision;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what the address guard stops, and tells it to the log: where a gateway connects by itself, no caller is told. Thread-safe. */
public final class StoppedConnections {
    private static final String BLOCKED = "stoa_ssrf_blocked";
    private static final Logger LOG = LoggerFactory.getLogger(StoppedConnections.class);

    /** Everything that this counts. */
    public static final List<MetricDescription> METRICS = List.of(
            MetricDescription.counter(BLOCKED, "connections that the address guard stopped", "stage", "reason"));

    private final Metrics metrics;
    private final Map<Stage, String> logged = new ConcurrentHashMap<>();

    /** What a connection is for. */
    public enum Stage {
        /** A route or a token endpoint is registered, so that nothing is connected to yet. */
        REGISTRATION("registration"),
        /** A call is forwarded; its record holds the sentence. */
        CONNECT("connect"),
        HEALTH_CHECK("health_check"),
        KEY_SET("key_set"),
        TOKEN_ENDPOINT("token_endpoint"),
        OPENSEARCH("opensearch");

        private final String label;

        Stage(String label) {
            this.label = label;
        }

        /** The caller is told, and the record or the audit row holds the sentence. */
        private boolean isAnswered() {
            return this == REGISTRATION || this == CONNECT;
        }
    }

    public StoppedConnections(Metrics metrics) {
        this.metrics = metrics;
    }

    /** The same guard for one purpose. A name without an address is not counted: nothing is forbidden then. */
    public AddressGuard counted(AddressGuard guard, Stage stage) {
        return guard.reportingTo(blocked -> {
            if (!blocked.code().equals(GuardDecision.UNRESOLVABLE)) {
                metrics.count(BLOCKED, "stage", stage.label, "reason", blocked.code());
                log(stage, blocked.sentence());
            }
        });
    }

    /** What is tried again and again is told once. */
    private void log(Stage stage, String sentence) {
        if (!stage.isAnswered() && !sentence.equals(logged.put(stage, sentence))) {
            LOG.warn("The address guard stopped a connection ({}): {}", stage.label, sentence);
        }
    }
}
