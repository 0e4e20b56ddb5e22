package bulwark.gateway.admin;

import bulwark.gateway.GatewayMetrics;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.balance.BreakerSettings;
import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.gateway.balance.UpstreamTls;
import bulwark.gateway.caller.CallerSettings;
import bulwark.gateway.caller.GatewayIdentity;
import bulwark.gateway.credential.BackendCredentials;
import bulwark.gateway.egress.EgressGuard;
import bulwark.gateway.enforcement.ResponseCache;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.quota.GatewayQuotas;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.CurrentRoutes;
import bulwark.gateway.route.RouteGuard;
import bulwark.gateway.route.RouteRegistry;
import bulwark.gateway.route.RouteSnapshotFile;
import bulwark.gateway.secret.RotatedSecret;
import bulwark.gateway.secret.SecretFolder;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditRow;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.quota.Quotas;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.kernel.tls.ClientTls;
import bulwark.web.Edge;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** The admin API of a gateway on a free port of loopback, over a store of its own. */
final class AdminFixture implements AutoCloseable {
    static final String TOKEN = "an-admin-token-of-the-tests-0123456789";

    final CurrentRoutes<ApiRoute> published = new CurrentRoutes<>();
    final RouteRegistry registry;
    final AuditedStore audited;
    final UpstreamDirectory upstreams;
    private final GatewayQuotas quotas;
    private final GatewayIdentity identity;
    private final BackendCredentials credentials;
    final Metrics metrics;
    private final Edge edge = Edge.create();
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();

    private AdminFixture(Path folder, Map<String, String> environment, AddressGuard guard, Quotas.Limit perAddress) {
        Configuration settings = Configuration.read(GatewaySettings.schema(), environment, folder);
        SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
        upstreams = new UpstreamDirectory(
                BreakerSettings.STANDARD,
                () -> clock.millis() * 1_000_000,
                UpstreamTls.of(ClientTls.load(ClientTls.Files.NONE, ClientTls.Servers.TRUSTED, clock)
                        .context()));
        audited = GatewayStore.open(folder.resolve("state"), "", clock);
        registry = RouteRegistry.open(
                audited,
                new RouteGuard(guard == null ? EgressGuard.of(settings) : guard),
                clock,
                RouteSnapshotFile.open(folder.resolve("state"), Signing.fastest(), clock),
                published.publisher(Function.identity()));
        metrics = new Metrics(GatewayMetrics.ALL);
        Path state = folder.resolve("state");
        AddressGuard egress = guard == null ? EgressGuard.of(settings) : guard;
        quotas = GatewayQuotas.open(settings, state, null, metrics, clock);
        identity = new GatewayIdentity(
                CallerSettings.of(settings), state, audited, egress, metrics, Signing.fastest(), clock);
        credentials = BackendCredentials.open(
                audited,
                state,
                new SecretFolder(null),
                GuardedFetch.withSystemTrust(egress, 1 << 16),
                Signing.fastest(),
                clock);
        AdminApi.Subject subject = new AdminApi.Subject(
                audited,
                registry,
                upstreams,
                new ResponseCache(1 << 20),
                quotas.admin(),
                identity,
                credentials,
                egress,
                new EvidenceFolder(GatewayStore.file(state)));
        port = edge.listenPlain(
                AdminApi.service(
                        subject,
                        new RotatedSecret(settings, AdminSettings.NAMES, clock),
                        settings,
                        metrics,
                        clock,
                        perAddress),
                "127.0.0.1",
                0);
    }

    static AdminFixture start(Path folder, AddressGuard guard) {
        return new AdminFixture(folder, Map.of("STOA_ADMIN_API_TOKEN", TOKEN), guard, new Quotas.Limit(10_000, 10_000));
    }

    static AdminFixture start(Path folder, AddressGuard guard, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of("STOA_ADMIN_API_TOKEN", TOKEN));
        environment.putAll(more);
        return new AdminFixture(folder, environment, guard, new Quotas.Limit(10_000, 10_000));
    }

    static AdminFixture startLimited(Path folder, int calls) {
        return new AdminFixture(folder, Map.of("STOA_ADMIN_API_TOKEN", TOKEN), null, new Quotas.Limit(calls, 0.001));
    }

    static AdminFixture startWithoutToken(Path folder) {
        return new AdminFixture(folder, Map.of(), null, new Quotas.Limit(10_000, 10_000));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return call("GET", path, "", "Bearer " + TOKEN);
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return call("POST", path, json, "Bearer " + TOKEN);
    }

    HttpResponse<String> post(String path, Object value) throws IOException, InterruptedException {
        return post(path, StrictJson.text(value));
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return call("DELETE", path, "", "Bearer " + TOKEN);
    }

    /** @param authorization null for no such header */
    HttpResponse<String> call(String method, String path, String body, String authorization)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** Details of all rows of admin calls, oldest first. */
    List<JsonNode> calls() {
        audited.audit().flush();
        return audited
                .store()
                .read(tx ->
                        audited.audit().page(tx, new AuditLog.Query(null, null, null, null, "admin_call", 0L, 1_000)))
                .rows()
                .stream()
                .map(AuditRow::detail)
                .map(detail -> StrictJson.parse(detail.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    @Override
    public void close() {
        edge.close();
        registry.close();
        credentials.close();
        identity.close();
        quotas.close();
        audited.close();
    }
}
