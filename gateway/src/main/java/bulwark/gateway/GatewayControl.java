package bulwark.gateway;

import bulwark.gateway.admin.AdminApi;
import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.gateway.caller.GatewayIdentity;
import bulwark.gateway.credential.BackendCredentials;
import bulwark.gateway.enforcement.ResponseCache;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.quota.GatewayQuotas;
import bulwark.gateway.route.RouteGuard;
import bulwark.gateway.route.RoutePublisher;
import bulwark.gateway.route.RouteRegistry;
import bulwark.gateway.route.RouteSnapshotFile;
import bulwark.gateway.secret.RotatedSecret;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.signing.Signing;
import bulwark.web.Edge;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** What governs the calls of a gateway and is no part of them: its routes and the listener of the admin API. Thread-safe. */
final class GatewayControl implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

    private final RouteRegistry registry;
    private final Edge edge;
    private final int adminPort;

    /** What it is made of. */
    record Environment(
            Configuration settings,
            RotatedSecret tokens,
            Path stateFolder,
            AuditedStore store,
            UpstreamDirectory upstreams,
            ResponseCache cache,
            GatewayQuotas quotas,
            GatewayIdentity identity,
            BackendCredentials credentials,
            AddressGuard guard,
            Metrics metrics,
            Clock clock) {
        AdminApi.Subject subject(RouteRegistry registry) {
            return new AdminApi.Subject(
                    store,
                    registry,
                    upstreams,
                    cache,
                    quotas.admin(),
                    identity,
                    credentials,
                    guard,
                    new EvidenceFolder(GatewayStore.file(stateFolder)));
        }
    }

    private GatewayControl(RouteRegistry registry, Edge edge, int adminPort) {
        this.registry = registry;
        this.edge = edge;
        this.adminPort = adminPort;
    }

    /**
     * Returns when the admin API answers.
     *
     * @param publisher takes the routes, now and after each change
     */
    static GatewayControl open(Environment with, RoutePublisher publisher) {
        RouteSnapshotFile file = RouteSnapshotFile.open(with.stateFolder(), Signing.fastest(), with.clock());
        RouteRegistry registry =
                RouteRegistry.open(with.store(), new RouteGuard(with.guard()), with.clock(), file, publisher);
        Edge edge = Edge.create();
        return new GatewayControl(registry, edge, listen(with, edge, registry));
    }

    private static int listen(Environment with, Edge edge, RouteRegistry registry) {
        AdminApi.Subject subject = with.subject(registry);
        try {
            return edge.listenPlain(
                    AdminApi.service(subject, with.tokens(), with.settings(), with.metrics(), with.clock()),
                    LOOPBACK,
                    with.settings().port("STOA_ADMIN_PORT"));
        } catch (Edge.EdgeFailed e) {
            edge.close();
            registry.close();
            e.nameSetting("STOA_ADMIN_PORT");
            throw e;
        }
    }

    /** Of the admin API on loopback; a free one where no setting names it. */
    int adminPort() {
        return adminPort;
    }

    @Override
    public void close() {
        edge.drain(DRAIN_TIMEOUT);
        registry.close();
    }
}
