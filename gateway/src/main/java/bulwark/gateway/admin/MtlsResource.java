package bulwark.gateway.admin;

import bulwark.gateway.possession.MtlsPolicy;
import bulwark.gateway.possession.PossessionMetrics;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.IpPrefix;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /admin/mtls}: what is asked of client certificates, and how often it was fulfilled. */
final class MtlsResource {
    private final MtlsPolicy policy;
    private final Metrics metrics;
    private final AdminEvidence evidence;

    MtlsResource(MtlsPolicy policy, Metrics metrics, AdminEvidence evidence) {
        this.policy = policy;
        this.metrics = metrics;
        this.evidence = evidence;
    }

    List<Route> routes() {
        return List.of(
                evidence.read("/admin/mtls/config", this::config),
                evidence.read(
                        "/admin/mtls/stats", request -> Response.json(200, PossessionMetrics.certificates(metrics))));
    }

    private Response config(Request request) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("enabled", policy.enabled());
        fields.put("require_binding", policy.requireBinding());
        fields.put(
                "trusted_proxies",
                policy.trustedProxies().stream().map(IpPrefix::toString).toList());
        fields.put("allowed_issuers", policy.allowedIssuers().stream().sorted().toList());
        fields.put("required_routes", policy.requiredRoutes());
        return Response.json(200, fields);
    }
}
