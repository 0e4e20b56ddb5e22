package bulwark.facts.node;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.metrics.Metrics;
import bulwark.web.OpsRoutes;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Health, discovery and metrics: open, and nothing secret in them. */
final class NodeRoutes {
    private static final List<String> NAMESPACES =
            List.of("stigmem:", "rel:", "memory:", "intent:", "roadmap:", "preference:", "garden:");
    private static final String PROTOCOL = "https://github.com/eidetic-labs/stigmem";

    private final Response healthy = Response.json(200, Map.of("status", "ok"));
    private final Response unhealthy = Response.json(
            503,
            Map.of(
                    "status",
                    "unhealthy",
                    "code",
                    "evidence_failed",
                    "message",
                    "evidence cannot be written or was changed: read the log of the node and run stigmem fsck"));
    private final Response discovery;
    private final Supplier<@Nullable String> evidenceProblem;
    private final Metrics metrics;

    /** @param evidenceProblem why health is red, else null; quick */
    NodeRoutes(
            Configuration configuration, String nodeId, Metrics metrics, Supplier<@Nullable String> evidenceProblem) {
        this.evidenceProblem = evidenceProblem;
        this.metrics = metrics;
        discovery = Response.json(200, describe(configuration, nodeId));
    }

    List<Route> routes() {
        return List.of(
                Route.open("GET", "/healthz", request -> evidenceProblem.get() == null ? healthy : unhealthy)
                        .onEventLoop(),
                Route.open("GET", "/.well-known/stigmem", request -> discovery).onEventLoop(),
                OpsRoutes.metrics(metrics));
    }

    private static Map<String, @Nullable Object> describe(Configuration configuration, String nodeId) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("version", "1.0");
        members.put("node_id", nodeId);
        members.put("node_url", configuration.text("STIGMEM_NODE_URL"));
        members.put("auth", configuration.flag("STIGMEM_AUTH_REQUIRED") ? "required" : "none");
        members.put("federation", "disabled");
        members.put("source_attestation", configuration.text("STIGMEM_SOURCE_ATTESTATION_MODE"));
        members.put("namespaces", NAMESPACES);
        members.put("spec", PROTOCOL);
        Map<String, @Nullable Object> cors = new LinkedHashMap<>();
        cors.put("dev_localhost", false);
        cors.put("configured", false);
        members.put("cors", cors);
        return members;
    }
}
