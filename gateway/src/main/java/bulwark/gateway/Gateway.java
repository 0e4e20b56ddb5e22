package bulwark.gateway;

import bulwark.gateway.accesslog.AccessLog;
import bulwark.gateway.admin.AdminForwarder;
import bulwark.gateway.admin.AdminSettings;
import bulwark.gateway.balance.HealthMonitor;
import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.gateway.balance.UpstreamTls;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.ConnectionHooks;
import bulwark.gateway.caller.CallerSettings;
import bulwark.gateway.caller.GatewayIdentity;
import bulwark.gateway.caller.ProtectedResource;
import bulwark.gateway.credential.BackendCredentials;
import bulwark.gateway.credential.SecretAges;
import bulwark.gateway.egress.EgressGuard;
import bulwark.gateway.egress.StoppedConnections;
import bulwark.gateway.egress.StoppedConnections.Stage;
import bulwark.gateway.endpoint.EndpointTable;
import bulwark.gateway.endpoint.HealthEndpoints;
import bulwark.gateway.enforcement.PolicyCompiler;
import bulwark.gateway.enforcement.PolicySettings;
import bulwark.gateway.enforcement.ResponseCache;
import bulwark.gateway.feed.ControlPlaneLink;
import bulwark.gateway.feed.FeedSettings;
import bulwark.gateway.feed.SnapshotTarget;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.opensearch.OpenSearchSettings;
import bulwark.gateway.opensearch.OpenSearchSink;
import bulwark.gateway.proxy.CallMetrics;
import bulwark.gateway.proxy.DataPlane;
import bulwark.gateway.proxy.ForwardingContext;
import bulwark.gateway.proxy.ListenerTls;
import bulwark.gateway.proxy.PlaneTime;
import bulwark.gateway.route.CurrentRoutes;
import bulwark.gateway.route.MergedRoutes;
import bulwark.gateway.route.RouteGuard;
import bulwark.gateway.route.RoutePublisher;
import bulwark.gateway.secret.CurrentSecrets;
import bulwark.gateway.secret.RotatedSecret;
import bulwark.gateway.secret.SecretFolder;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running gateway: the one composition, used by the program and by tests. Thread-safe. */
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final int MAX_ANSWER_BYTES = 8 << 20;
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration HEALTH_CHECK_INTERVAL = Duration.ofSeconds(10);
    private static final Duration HEALTH_CHECK_TIMEOUT = Duration.ofSeconds(3);

    private final GatewayReadiness readiness = new GatewayReadiness();
    private final GatewayCore core;
    private final HealthMonitor health;
    private final BackendCredentials credentials;
    private final LiveSecrets secrets;
    private final GatewayControl control;
    private final @Nullable ControlPlaneLink link;
    private final @Nullable AccessLog accessLog;
    private final DataPlane plane;
    private final @Nullable ListenerTls tls;
    private final UpstreamTls upstreamTls;
    private final @Nullable OpenSearchSink openSearch;
    private final PlaneListeners listeners;
    private final Path state;

    private Gateway(Supplier<Configuration> source, Path directory, Clock clock) {
        Configuration settings = source.get();
        // What the settings get wrong is told before anything is opened.
        tls = TlsSettings.of(settings, directory, clock);
        upstreamTls = UpstreamTlsSettings.of(settings, directory, clock);
        Metrics metrics = new Metrics(GatewayMetrics.ALL);
        CurrentSecrets current = new CurrentSecrets(settings);
        state = directory.resolve(settings.text("STOA_STATE_DIR"));
        GatewayCore.Environment with = new GatewayCore.Environment(
                settings,
                current,
                directory,
                state,
                EgressGuard.of(settings),
                new StoppedConnections(metrics),
                metrics,
                clock);
        ForwardingContext forwarding = forwarding(settings, with.guard(Stage.CONNECT));
        core = GatewayCore.open(with, readiness::fail);
        ResponseCache cache = PolicySettings.cache(settings, metrics);
        PolicyCompiler policies = PolicySettings.compiler(settings, cache, metrics, clock);
        MergedRoutes routes = new MergedRoutes(publisher(forwarding, policies));
        RotatedSecret adminTokens = new RotatedSecret(settings, AdminSettings.NAMES, clock);
        GuardedFetch tokens =
                GuardedFetch.withSystemTrust(with.guard(Stage.TOKEN_ENDPOINT), BackendCredentials.maxTokenBytes());
        try {
            core.quotas().followPlans(settings, directory);
            credentials = BackendCredentials.open(
                    core.store(), state, SecretFolder.of(settings, directory), tokens, Signing.fastest(), clock);
            control = GatewayControl.open(
                    new GatewayControl.Environment(
                            settings,
                            adminTokens,
                            state,
                            core.store(),
                            forwarding.upstreams(),
                            cache,
                            core.quotas(),
                            core.identity(),
                            credentials,
                            with.guard(Stage.REGISTRATION),
                            metrics,
                            clock),
                    routes);
        } catch (RuntimeException e) {
            tokens.close();
            core.close();
            throw e;
        }
        link = link(with, routes);
        health = new HealthMonitor(
                forwarding.upstreams(), with.guard(Stage.HEALTH_CHECK), HEALTH_CHECK_INTERVAL, HEALTH_CHECK_TIMEOUT);
        accessLog = settings.flag("STOA_ACCESS_LOG_ENABLED") ? new AccessLog(System.out, metrics, clock) : null;
        plane = DataPlane.create(
                Runtime.getRuntime().availableProcessors(),
                PlaneSettings.limits(settings),
                logged(core.evidence().in(pipeline(policies))),
                endpoints(settings, metrics),
                forwarding,
                new CallMetrics(metrics),
                PlaneTime.of(clock),
                new SecureRandom());
        CertificateMetrics.register(metrics, tls, upstreamTls, clock);
        upstreamTls.watch();
        secrets = LiveSecrets.follow(
                settings,
                source,
                new LiveSecrets.Followed(
                        current,
                        adminTokens,
                        credentials,
                        LiveSecrets.keys(settings, directory, state),
                        core.identity().consumerKeys()),
                SecretAges.open(state, Signing.fastest(), clock),
                metrics,
                clock);
        openSearch = openSearch(OpenSearchSettings.of(settings, current), with);
        try {
            listeners = PlaneListeners.open(plane, settings, tls);
        } catch (RuntimeException e) {
            closeServices();
            throw e;
        }
    }

    private CallPipeline pipeline(PolicyCompiler policies) {
        CallPipeline closed = CallPipeline.closed();
        GatewayIdentity identity = core.identity();
        return closed.withArrival(policies.marker())
                .withIdentity(identity.identity())
                .withHooks(ConnectionHooks.NONE.withRecheck(identity.stage()::recheck))
                .withQuota(core.quotas().stage())
                .withPermission(identity.permission())
                .withPolicies(credentials.after(closed.policies()));
    }

    private @Nullable ControlPlaneLink link(GatewayCore.Environment with, MergedRoutes routes) {
        GatewayIdentity identity = core.identity();
        SnapshotTarget pushed = new SnapshotTarget(
                routes,
                new RouteGuard(with.guard(Stage.REGISTRATION)),
                identity.keyCache(),
                identity.certificates(),
                identity.applications(),
                (authorities, pinned) -> {
                    if (tls != null) {
                        tls.material().addClientAuthorities(authorities);
                        tls.material().pinClients(pinned);
                    }
                },
                core.quotas().plans(),
                core.quotas().admin(),
                identity.revocationList(),
                core.store(),
                with.metrics());
        try {
            return FeedSettings.of(with.settings(), with.secrets(), with.directory(), with.clock())
                    .map(feed -> ControlPlaneLink.open(feed, pushed, state, Signing.fastest(), with.clock()))
                    .orElse(null);
        } catch (RuntimeException e) {
            control.close();
            core.close();
            throw e;
        }
    }

    /** Null where no OpenSearch is named. */
    private @Nullable OpenSearchSink openSearch(Optional<OpenSearchSettings> settings, GatewayCore.Environment with) {
        return settings.map(where -> OpenSearchSink.start(
                        where,
                        new GuardedFetch(with.guard(Stage.OPENSEARCH), upstreamTls.context(), MAX_ANSWER_BYTES),
                        OpenSearchSink.Source.of(state),
                        with.metrics()))
                .orElse(null);
    }

    /** Routes and their policies become what calls are matched against in one step. */
    private static RoutePublisher publisher(ForwardingContext forwarding, PolicyCompiler policies) {
        return (generation, routes, all) -> {
            PolicyCompiler.Prepared prepared = policies.prepare(all);
            Runnable publish = forwarding.prepare(generation, all.version(), routes, prepared::of);
            return () -> {
                publish.run();
                prepared.adopt();
            };
        };
    }

    private CallPipeline logged(CallPipeline pipeline) {
        return accessLog == null ? pipeline : accessLog.in(pipeline);
    }

    private EndpointTable endpoints(Configuration settings, Metrics metrics) {
        EndpointTable health = HealthEndpoints.in(EndpointTable.empty(), metrics, () -> readiness.problem(core, link))
                .with(ProtectedResource.PATH, new ProtectedResource(CallerSettings.of(settings)));
        if (settings.port("STOA_ADMIN_PORT") != 0 || !Loopback.isLoopback(PlaneListeners.host(settings, tls))) {
            return health;
        }
        AdminForwarder admin = new AdminForwarder(control.adminPort());
        return health.with("/admin", admin).withPrefix("/admin/", admin);
    }

    private ForwardingContext forwarding(Configuration settings, AddressGuard guard) {
        return new ForwardingContext(
                new CurrentRoutes<>(),
                new UpstreamDirectory(ResilienceSettings.breakers(settings), System::nanoTime, upstreamTls),
                ResilienceSettings.retries(settings),
                guard);
    }

    /**
     * Returns when the listeners answer.
     *
     * @param settings read now, and again for the secrets among them while the gateway runs; throws an operator's error when they are wrong
     * @param directory that relative paths of settings start from
     */
    public static Gateway start(Supplier<Configuration> settings, Path directory, Clock clock) {
        Gateway gateway = new Gateway(settings, directory, clock);
        LOG.info(gateway.listeners.sentence());
        return gateway;
    }

    /** Reads the files of secrets again now; they are read every second besides. */
    public void reload() {
        secrets.reload();
    }

    /** Of plain HTTP. */
    public int port() {
        return listeners.port();
    }

    /** Of HTTP over TLS; 0 when no certificate is configured. */
    public int tlsPort() {
        return listeners.tlsPort();
    }

    /** Folder of the store, the journal, the last good snapshot and the keys. */
    public Path state() {
        return state;
    }

    /** @return exit code, 1 after a fatal fault */
    public int awaitExitCode() throws InterruptedException {
        return readiness.awaitExitCode();
    }

    /** Takes no new request, waits for the open ones, closes. */
    @Override
    public void close() {
        readiness.stopping();
        if (!plane.drain(DRAIN_TIMEOUT)) {
            LOG.warn("some requests were not answered within {} and are cut off", DRAIN_TIMEOUT);
        }
        closeServices();
        readiness.stopped();
    }

    /** In the order in which each hands its last to the next. */
    private void closeServices() {
        health.close();
        plane.close();
        secrets.close();
        if (accessLog != null) {
            accessLog.close();
        }
        control.close();
        credentials.close();
        if (link != null) {
            link.close();
        }
        if (openSearch != null) {
            openSearch.close();
        }
        core.close();
        if (tls != null) {
            tls.material().close();
        }
        upstreamTls.close();
    }
}
