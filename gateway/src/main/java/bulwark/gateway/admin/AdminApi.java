package bulwark.gateway.admin;

import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.gateway.caller.CallerSettings;
import bulwark.gateway.caller.GatewayIdentity;
import bulwark.gateway.credential.BackendCredentials;
import bulwark.gateway.enforcement.ResponseCache;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.quota.QuotaAdmin;
import bulwark.gateway.route.RouteRegistry;
import bulwark.gateway.secret.RotatedSecret;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.quota.Quotas;
import bulwark.web.HeaderPolicy;
import bulwark.web.Response;
import bulwark.web.Route;
import bulwark.web.Service;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The service of {@code /admin} for the edge. Immutable. */
public final class AdminApi {
    static final String PERMISSION = "admin";

    /**
     * Of calls with a good token together, and of all others by address: pages and programs of this machine take nothing from its operator. Twice as many at once as in a second: a tool
     * that applies many changes passes, one that guesses does not.
     */
    private static final Quotas.Limit PER_ADDRESS = new Quotas.Limit(400, 200);

    private static final HeaderPolicy HEADERS = HeaderPolicy.standard()
            .with("x-xss-protection", "0")
            .with("referrer-policy", "strict-origin-when-cross-origin")
            .with("permissions-policy", "camera=(), microphone=(), geolocation=()");

    private static final String NAME = "stoa_admin";

    private AdminApi() {}

    /**
     * What the API works on.
     *
     * @param records of calls
     */
    public record Subject(
            AuditedStore audited,
            RouteRegistry routes,
            UpstreamDirectory upstreams,
            ResponseCache cache,
            QuotaAdmin quotas,
            GatewayIdentity identity,
            BackendCredentials credentials,
            AddressGuard guard,
            EvidenceFolder records) {}

    public static List<MetricDescription> metrics() {
        return Stream.concat(Service.metrics(NAME).stream(), AdminEvidence.metrics().stream())
                .toList();
    }

    public static List<AuditEventType> events() {
        return List.of(AdminEvidence.CALL, RouteRegistry.RESTORED);
    }

    public static Service service(
            Subject subject, RotatedSecret tokens, Configuration settings, Metrics metrics, Clock clock) {
        return service(subject, tokens, settings, metrics, clock, PER_ADDRESS);
    }

    static Service service(
            Subject subject,
            RotatedSecret tokens,
            Configuration settings,
            Metrics metrics,
            Clock clock,
            Quotas.Limit perAddress) {
        AdminEvidence evidence = new AdminEvidence(subject.audited().audit(), metrics);
        List<Route> routes = new ArrayList<>(
                new ApisResource(subject.routes(), subject.upstreams().tls(), evidence).routes());
        routes.addAll(new PoliciesResource(subject.routes(), evidence).routes());
        routes.addAll(new BreakersResource(subject.upstreams(), evidence).routes());
        routes.addAll(new CacheResource(subject.cache(), evidence).routes());
        routes.addAll(new QuotasResource(subject.quotas(), evidence).routes());
        routes.addAll(new RevocationsResource(subject.identity().revocations(), evidence, clock).routes());
        routes.addAll(new ApiKeysResource(subject.identity().consumerKeys(), evidence, clock).routes());
        routes.addAll(new MtlsResource(CallerSettings.of(settings).mtls(), metrics, evidence).routes());
        routes.addAll(
                new CredentialsResource(subject.credentials(), subject.routes(), subject.guard(), evidence).all());
        routes.addAll(new DiagnosticsResource(subject.routes(), subject.upstreams(), subject.records(), evidence, clock)
                .all());
        routes.add(health(subject, evidence, clock, clock.instant()));
        Map<String, Object> document = new LinkedHashMap<>();
        routes.add(evidence.read("/admin/openapi.json", request -> Response.json(200, document)));
        document.putAll(AdminApiDocument.of(routes));
        return Service.builder(NAME, routes, metrics)
                .authenticators(new AdminTokenAuthenticator(tokens))
                .quotas(Quotas.of(Map.of(PERMISSION, perAddress), clock))
                .failureLimit(perAddress)
                .errors(new AdminErrors(tokens.isEnabled(), perAddress, clock))
                .refusals(evidence)
                .headers(HEADERS)
                .limits(limits())
                .build();
    }

    /** Ten thousand routes in one body. */
    private static Service.Limits limits() {
        Service.Limits defaults = Service.Limits.defaults();
        return new Service.Limits(
                16 << 20,
                defaults.maxHeaderBytes(),
                defaults.maxUri(),
                defaults.headerSeconds(),
                defaults.bodySeconds(),
                defaults.keepAliveSeconds(),
                256,
                defaults.openPerSecond(),
                defaults.querySeconds());
    }

    private static Route health(Subject subject, AdminEvidence evidence, Clock clock, Instant started) {
        return evidence.read("/admin/health", request -> {
            String problem = subject.audited().problem();
            String behind = subject.routes().problem();
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("status", problem == null && behind == null ? "ok" : "degraded");
            answer.put("version", "0.1.0");
            answer.put("routes_count", subject.routes().routes().size());
            answer.put("policies_count", subject.routes().policies().size());
            answer.put("contracts_count", 0);
            answer.put("skills_count", 0);
            answer.put(
                    "uptime_seconds", Duration.between(started, clock.instant()).toSeconds());
            answer.put("git_provider", "none");
            return Response.json(200, answer);
        });
    }
}
