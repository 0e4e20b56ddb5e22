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
import bulwark.gateway.evidence.GatewayEvidence;
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
import bulwark.gateway.quota.GatewayQuotas;
import bulwark.gateway.redis.RedisSettings;
import bulwark.gateway.redis.SharedRedis;
import bulwark.gateway.route.CurrentRoutes;
import bulwark.gateway.route.MergedRoutes;
import bulwark.gateway.route.RouteGuard;
import bulwark.gateway.route.RoutePublisher;
import bulwark.gateway.secret.CurrentSecrets;
import bulwark.gateway.secret.RotatedSecret;
import bulwark.gateway.secret.SecretFolder;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running gateway: the one composition, used by the program and by tests. Thread-safe. */
public final class Gateway implements AutoCloseable {
    private static final String STORE_FAILED = "Store failed; the log says why";
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final String EVERY_ADDRESS = "0.0.0.0";
    private static final int MAX_ANSWER_BYTES = 8 << 20;
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration HEALTH_CHECK_INTERVAL = Duration.ofSeconds(10);
    private static final Duration HEALTH_CHECK_TIMEOUT = Duration.ofSeconds(3);

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<@Nullable String> unready = new AtomicReference<>();
    private final AuditedStore store;
    private final GatewayEvidence evidence;
    private final GatewayQuotas quotas;
    private final GatewayIdentity identity;
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
    private volatile boolean failed;
    private final int port;
    private final int tlsPort;
    private final Path state;

    private Gateway(Supplier<Configuration> source, Path directory, Clock clock) {
        Configuration settings = source.get();
        // What the settings get wrong is told before anything is opened.
        tls = TlsSettings.of(settings, directory, clock);
        upstreamTls = UpstreamTlsSettings.of(settings, directory, clock);
        AddressGuard guard = EgressGuard.of(settings);
        Metrics metrics = new Metrics(GatewayMetrics.ALL);
        StoppedConnections egress = new StoppedConnections(metrics);
        ForwardingContext forwarding = forwarding(settings, egress.counted(guard, Stage.CONNECT));
        state = directory.resolve(settings.text("STOA_STATE_DIR"));
        store = GatewayStore.open(state, settings.text("STOA_ACCEPT_EVIDENCE_LOSS"), clock);
        evidence = GatewayEvidence.open(store, settings, metrics, clock, this::fail);
        CurrentSecrets current = new CurrentSecrets(settings);
        quotas = GatewayQuotas.open(
                settings, state, RedisSettings.of(settings, current, directory, clock), metrics, clock);
        identity = identity(
                settings,
                RedisSettings.of(settings, current, directory, clock),
                egress.counted(guard, Stage.KEY_SET),
                metrics,
                clock);
        ResponseCache cache = PolicySettings.cache(settings, metrics);
        PolicyCompiler policies = PolicySettings.compiler(settings, cache, metrics, clock);
        MergedRoutes routes = new MergedRoutes(publisher(forwarding, policies));
        RotatedSecret adminTokens = new RotatedSecret(settings, AdminSettings.NAMES, clock);
        GuardedFetch tokens = GuardedFetch.withSystemTrust(
                egress.counted(guard, Stage.TOKEN_ENDPOINT), BackendCredentials.maxTokenBytes());
        try {
            quotas.followPlans(settings, directory);
            credentials = BackendCredentials.open(
                    store, state, SecretFolder.of(settings, directory), tokens, Signing.fastest(), clock);
            control = GatewayControl.open(
                    new GatewayControl.Environment(
                            settings,
                            adminTokens,
                            state,
                            store,
                            forwarding.upstreams(),
                            cache,
                            quotas,
                            identity,
                            credentials,
                            egress.counted(guard, Stage.REGISTRATION),
                            metrics,
                            clock),
                    routes);
        } catch (RuntimeException e) {
            tokens.close();
            closeStores();
            throw e;
        }
        link = link(
                FeedSettings.of(settings, current, directory, clock),
                routes,
                egress.counted(guard, Stage.REGISTRATION),
                metrics,
                clock);
        health = new HealthMonitor(
                forwarding.upstreams(),
                egress.counted(guard, Stage.HEALTH_CHECK),
                HEALTH_CHECK_INTERVAL,
                HEALTH_CHECK_TIMEOUT);
        accessLog = settings.flag("STOA_ACCESS_LOG_ENABLED") ? new AccessLog(System.out, metrics, clock) : null;
        plane = DataPlane.create(
                Runtime.getRuntime().availableProcessors(),
                PlaneSettings.limits(settings),
                logged(evidence.in(pipeline(policies))),
                endpoints(settings, host(settings, tls == null ? LOOPBACK : EVERY_ADDRESS), metrics),
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
                        identity.consumerKeys()),
                SecretAges.open(state, Signing.fastest(), clock),
                metrics,
                clock);
        openSearch =
                openSearch(OpenSearchSettings.of(settings, current), egress.counted(guard, Stage.OPENSEARCH), metrics);
        try {
            if (tls == null) {
                tlsPort = 0;
                port = plane.listenPlain(host(settings, LOOPBACK), settings.port("STOA_PORT"));
            } else {
                tls.material().watch();
                String host = host(settings, EVERY_ADDRESS);
                tlsPort = plane.listenTls(host, settings.port("STOA_TLS__PORT"), tls);
                port = plane.listenRedirecting(host, settings.port("STOA_PORT"), tlsPort);
            }
        } catch (RuntimeException e) {
            health.close();
            plane.close();
            secrets.close();
            control.close();
            credentials.close();
            closeStores();
            upstreamTls.close();
            throw e;
        }
    }

    private CallPipeline pipeline(PolicyCompiler policies) {
        CallPipeline closed = CallPipeline.closed();
        return closed.withArrival(policies.marker())
                .withIdentity(identity.identity())
                .withHooks(ConnectionHooks.NONE.withRecheck(identity.stage()::recheck))
                .withQuota(quotas.stage())
                .withPermission(identity.permission())
                .withPolicies(credentials.after(closed.policies()));
    }

    private GatewayIdentity identity(
            Configuration settings, @Nullable SharedRedis redis, AddressGuard guard, Metrics metrics, Clock clock) {
        try {
            return new GatewayIdentity(
                    CallerSettings.of(settings), state, store, guard, redis, metrics, Signing.fastest(), clock);
        } catch (RuntimeException e) {
            evidence.close();
            quotas.close();
            store.close();
            throw e;
        }
    }

    private @Nullable ControlPlaneLink link(
            Optional<FeedSettings> settings, MergedRoutes routes, AddressGuard guard, Metrics metrics, Clock clock) {
        SnapshotTarget pushed = new SnapshotTarget(
                routes,
                new RouteGuard(guard),
                identity.keyCache(),
                identity.certificates(),
                identity.applications(),
                (authorities, pinned) -> {
                    if (tls != null) {
                        tls.material().addClientAuthorities(authorities);
                        tls.material().pinClients(pinned);
                    }
                },
                quotas.plans(),
                quotas.admin(),
                identity.revocationList(),
                store,
                metrics);
        try {
            return settings.map(feed -> ControlPlaneLink.open(feed, pushed, state, Signing.fastest(), clock))
                    .orElse(null);
        } catch (RuntimeException e) {
            control.close();
            closeStores();
            throw e;
        }
    }

    /** Null where no OpenSearch is named. */
    private @Nullable OpenSearchSink openSearch(
            Optional<OpenSearchSettings> settings, AddressGuard guard, Metrics metrics) {
        return settings.map(where -> OpenSearchSink.start(
                        where,
                        new GuardedFetch(guard, upstreamTls.context(), MAX_ANSWER_BYTES),
                        OpenSearchSink.Source.of(state),
                        metrics))
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

    private static String host(Configuration settings, String fallback) {
        String host = settings.text("STOA_HOST");
        return host.isEmpty() ? fallback : host;
    }

    private EndpointTable endpoints(Configuration settings, String host, Metrics metrics) {
        EndpointTable health = HealthEndpoints.in(EndpointTable.empty(), metrics, this::unready)
                .with(ProtectedResource.PATH, new ProtectedResource(CallerSettings.of(settings)));
        if (settings.port("STOA_ADMIN_PORT") != 0 || !Loopback.isLoopback(host)) {
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

    /** In the order in which each hands its last to the next. */
    private void closeStores() {
        if (link != null) {
            link.close();
        }
        if (openSearch != null) {
            openSearch.close();
        }
        identity.close();
        evidence.close();
        quotas.close();
        store.close();
    }

    /** Nothing is promised any more: the process ends, and a start checks what is on the disk. */
    private void fail(String sentence) {
        LOG.error("the gateway ends: {}", sentence);
        unready.set(STORE_FAILED);
        failed = true;
        stopped.countDown();
    }

    private @Nullable String unready() {
        String said = unready.get();
        if (said != null) {
            return said;
        }
        // Anybody may ask: where the store lies is told to the log and the admin API alone.
        String problem = store.problem() == null ? null : STORE_FAILED;
        if (problem == null && link != null) {
            problem = link.problem();
        }
        return problem != null ? problem : identity.problem();
    }

    /**
     * Returns when the listeners answer.
     *
     * @param settings read now, and again for the secrets among them while the gateway runs; throws an operator's error when they are wrong
     * @param directory that relative paths of settings start from
     */
    public static Gateway start(Supplier<Configuration> settings, Path directory, Clock clock) {
        Gateway gateway = new Gateway(settings, directory, clock);
        if (gateway.tlsPort == 0) {
            LOG.info("the gateway listens on port {}", gateway.port);
        } else {
            LOG.info("the gateway listens on port {} with TLS; port {} redirects to it", gateway.tlsPort, gateway.port);
        }
        return gateway;
    }

    /** Reads the files of secrets again now; they are read every second besides. */
    public void reload() {
        secrets.reload();
    }

    /** Of plain HTTP. */
    public int port() {
        return port;
    }

    /** Of HTTP over TLS; 0 when no certificate is configured. */
    public int tlsPort() {
        return tlsPort;
    }

    /** Folder of the store, the journal, the last good snapshot and the keys. */
    public Path state() {
        return state;
    }

    /** @return exit code, 1 after a fatal fault */
    public int awaitExitCode() throws InterruptedException {
        stopped.await();
        return failed ? 1 : 0;
    }

    /** Takes no new request, waits for the open ones, closes. */
    @Override
    public void close() {
        unready.set("Stopping");
        if (!plane.drain(DRAIN_TIMEOUT)) {
            LOG.warn("some requests were not answered within {} and are cut off", DRAIN_TIMEOUT);
        }
        health.close();
        plane.close();
        secrets.close();
        if (accessLog != null) {
            accessLog.close();
        }
        control.close();
        credentials.close();
        closeStores();
        if (tls != null) {
            tls.material().close();
        }
        upstreamTls.close();
        stopped.countDown();
    }
}
