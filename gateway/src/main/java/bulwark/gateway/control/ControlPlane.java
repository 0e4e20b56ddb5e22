package bulwark.gateway.control;

import bulwark.gateway.caller.AccessTokenVerification;
import bulwark.gateway.caller.CallerSettings;
import bulwark.gateway.control.application.KeycloakClients;
import bulwark.gateway.control.identity.AdministratorRegister;
import bulwark.gateway.control.identity.BearerAuthenticator;
import bulwark.gateway.control.identity.OperatorKeyAuthenticator;
import bulwark.gateway.control.identity.StoredKeyAges;
import bulwark.gateway.control.identity.StoredKeyAuthenticator;
import bulwark.gateway.control.instance.GatewayStatus;
import bulwark.gateway.control.posture.PostureResource;
import bulwark.gateway.control.posture.ResilienceReport;
import bulwark.gateway.control.posture.ShippedProgram;
import bulwark.gateway.control.rest.ControlErrors;
import bulwark.gateway.control.rest.OperationTable;
import bulwark.gateway.control.snapshot.SnapshotFeed;
import bulwark.gateway.control.snapshot.SnapshotSigner;
import bulwark.gateway.control.state.ControlDatabase;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.webhook.WebhookSender;
import bulwark.gateway.credential.SecretAges;
import bulwark.gateway.egress.EgressGuard;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.identity.FirstSightGate;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.secret.RotatedSecret;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.quota.Quotas;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import bulwark.kernel.tls.TlsPolicy;
import bulwark.web.AuditedRoutes;
import bulwark.web.Edge;
import bulwark.web.HeaderPolicy;
import bulwark.web.Health;
import bulwark.web.LocalAdminClient;
import bulwark.web.LocalSocket;
import bulwark.web.OpsRoutes;
import bulwark.web.Response;
import bulwark.web.Route;
import bulwark.web.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running control plane: the one composition, used by the program and by tests. Thread-safe. */
public final class ControlPlane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
    private static final String SOCKET = "control";
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);
    /** Before anybody is identified: more than any gateway or person asks, less than a guesser would. */
    private static final Quotas.Limit PER_ADDRESS = new Quotas.Limit(2_000, 500);

    private static final HeaderPolicy HEADERS = HeaderPolicy.standard()
            .with("x-xss-protection", "0")
            .with("referrer-policy", "strict-origin-when-cross-origin")
            .with("permissions-policy", "camera=(), microphone=(), geolocation=()")
            .withOverTls("strict-transport-security", "max-age=31536000; includeSubDomains");

    private final ControlStore store;
    private final ControlDatabase database;
    private final AccessTokenVerification tokens;
    private final SnapshotFeed feed;
    private final GatewayStatus status;
    private final WebhookSender webhooks;
    private final ControlSecrets secrets;
    private final @Nullable KeycloakClients clients;
    private final OperationTable operations;
    private final Edge edge = Edge.create();
    private final LocalSocket socket;
    private final @Nullable ReloadingTls tls;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final int port;
    private volatile boolean failed;

    private ControlPlane(Supplier<Configuration> live, Path directory, Clock clock) {
        Configuration settings = live.get();
        tls = tls(settings, directory, clock);
        Signing signing = Signing.fastest();
        AddressGuard guard = EgressGuard.of(settings);
        CallerSettings callers = CallerSettings.of(settings);
        database = ControlDatabase.of(live, directory);
        Path stateFolder = database.stateFolder();
        store = ControlStore.open(database, settings.text("STOA_ACCEPT_EVIDENCE_LOSS"), clock);
        store.audited().store().onFatal(this::fail);
        TokenRevocationList revocations = new TokenRevocationList(clock);
        FirstSightGate gate = new FirstSightGate(callers.firstSightsPerSecond(), clock);
        tokens = new AccessTokenVerification(callers, stateFolder, guard, revocations, gate, signing, clock);
        SnapshotSigner signer = SnapshotSigner.open(stateFolder, signing, clock);
        feed = SnapshotFeed.open(store, signer);
        status = new GatewayStatus(clock);
        AdministratorRegister administrators = AdministratorRegister.open(store);
        clients = clients(live, guard);
        operations = ControlOperationTable.of(new ControlOperationTable.Subject(
                store,
                feed,
                signer,
                status,
                revocations,
                guard,
                signing,
                stateFolder,
                new PostureResource.Process(
                        tls != null,
                        !settings.text("STOA_KEYCLOAK_URL").isEmpty(),
                        ShippedProgram.running(),
                        new ResilienceReport(
                                settings.isSet(ControlSettings.ARENA_REPORT)
                                        ? directory.resolve(settings.text(ControlSettings.ARENA_REPORT))
                                        : null)),
                clients));
        Metrics metrics = metrics();
        webhooks = WebhookSender.start(
                store,
                GuardedFetch.withSystemTrust(guard, WebhookSender.maxAnswerBytes()),
                stateFolder,
                metrics,
                signing);
        RotatedSecret operatorKey = new RotatedSecret(settings, ControlSettings.OPERATOR, clock);
        secrets = ControlSecrets.follow(
                live,
                new ControlSecrets.Followed(
                        operatorKey,
                        ControlSecrets.keys(settings, directory, stateFolder),
                        SecretAges.open(stateFolder, "control-secret-ages.json", signing, clock),
                        new StoredKeyAges(store)),
                metrics);
        store.onPublishedChange(secrets::signal);
        try {
            port = listen(settings, service(settings, metrics, administrators, operatorKey, clock));
            socket = listenLocally(new OwnerCommands(store, administrators, signer));
        } catch (RuntimeException e) {
            edge.close();
            closeStores();
            throw e;
        }
    }

    private static @Nullable ReloadingTls tls(Configuration settings, Path directory, Clock clock) {
        if (!settings.isSet("STOA_TLS__CERT_FILE")) {
            return null;
        }
        TlsFiles files = new TlsFiles(
                path(settings, "STOA_TLS__CERT_FILE", directory),
                path(settings, "STOA_TLS__KEY_FILE", directory),
                settings.isSet(ControlSettings.CLIENT_CA) ? path(settings, ControlSettings.CLIENT_CA, directory) : null,
                null);
        return ReloadingTls.load(files, TlsPolicy.publicServer(), clock);
    }

    /** Null where no credential for the admin API of an identity provider is configured. */
    private static @Nullable KeycloakClients clients(Supplier<Configuration> live, AddressGuard guard) {
        Configuration settings = live.get();
        if (!settings.isSet(ControlSettings.CLIENT_ID)) {
            return null;
        }
        KeycloakClients.Access access = new KeycloakClients.Access(
                CallerSettings.keycloak(settings),
                settings.text("STOA_KEYCLOAK_REALM"),
                settings.list("STOA_ALLOWED_AUDIENCES").getFirst(),
                settings.text(ControlSettings.CLIENT_ID),
                () -> live.get().secret(ControlSettings.CLIENT_SECRET));
        return new KeycloakClients(access, GuardedFetch.withSystemTrust(guard, KeycloakClients.maxAnswerBytes()));
    }

    private static ConfiguredPath path(Configuration settings, String name, Path directory) {
        return new ConfiguredPath(directory.resolve(settings.text(name)), name);
    }

    private Metrics metrics() {
        Metrics metrics = new Metrics(ControlMetrics.ALL);
        metrics.gauge(ControlMetrics.GATEWAYS_ONLINE.name(), status::online);
        metrics.gauge(ControlMetrics.GATEWAYS_AHEAD.name(), () -> status.ahead(feed.generation()));
        metrics.gauge(ControlMetrics.GENERATION.name(), feed::generation);
        return metrics;
    }

    private Service service(
            Configuration settings,
            Metrics metrics,
            AdministratorRegister administrators,
            RotatedSecret operatorKey,
            Clock clock) {
        List<Route> routes = new ArrayList<>(OpsRoutes.of(metrics, this::health));
        routes.add(Route.open("GET", "/health/live", request -> Response.json(200, Map.of("status", "ok"))));
        routes.add(Route.open("GET", "/health/startup", request -> Response.json(200, Map.of("status", "ok"))));
        routes.add(Route.open("GET", "/health/ready", request -> ready()));
        routes.addAll(operations.routes(store));
        AuditedRoutes refusals = new AuditedRoutes(store.audited().audit(), metrics, ControlMetrics.NAME);
        routes.replaceAll(refusals::wrap);
        double calls = settings.count("STOA_RATE_LIMIT_DEFAULT");
        double seconds = settings.count("STOA_RATE_LIMIT_WINDOW_SECONDS");
        return Service.builder(ControlMetrics.NAME, routes, metrics)
                .authenticators(
                        new OperatorKeyAuthenticator(operatorKey),
                        StoredKeyAuthenticator.ofGateways(store, settings.isSet(ControlSettings.CLIENT_CA)),
                        StoredKeyAuthenticator.ofServices(store),
                        new BearerAuthenticator(tokens.tokens(), administrators))
                .quotas(Quotas.of(Map.of(OperationTable.DIMENSION, new Quotas.Limit(calls, calls / seconds)), clock))
                .sourceLimit(PER_ADDRESS)
                .errors(new ControlErrors())
                .refusals(refusals)
                .clientCertificate(
                        settings.isSet(ControlSettings.CLIENT_CA)
                                ? Service.ClientCertificate.OPTIONAL
                                : Service.ClientCertificate.NONE)
                .hosts(Set.copyOf(settings.list("STOA_ALLOWED_HOSTS")))
                .headers(HEADERS)
                .build();
    }

    private int listen(Configuration settings, Service service) {
        String host = settings.text("STOA_HOST");
        int wanted = settings.port("STOA_PORT");
        try {
            if (tls == null) {
                return edge.listenPlain(service, host, wanted);
            }
            tls.watch();
            return edge.listenTls(service, host, wanted, tls);
        } catch (Edge.EdgeFailed e) {
            e.nameSetting("STOA_PORT");
            throw e;
        }
    }

    private LocalSocket listenLocally(OwnerCommands commands) {
        Path file = database.file().toAbsolutePath();
        try {
            Path path = RunFile.socketFor(file, SOCKET);
            LocalSocket opened = commands.serveOwner(path);
            new RunFile(ProcessHandle.current().pid(), path, Map.of("port", port)).write(file);
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /**
     * For commands of the owner: over the socket of the running process, or with the store opened for one command when none runs.
     *
     * @param acceptedLoss as {@link ControlStore#open} has it
     */
    public static LocalAdminClient owner(ControlDatabase database, String acceptedLoss, Clock clock) {
        return LocalAdminClient.open(
                database.file(),
                SOCKET,
                () -> OwnerCommands.ofStopped(
                        ControlStore.open(database, acceptedLoss, clock),
                        SnapshotSigner.open(database.stateFolder(), Signing.fastest(), clock)));
    }

    private Health health() {
        return new Health(store.audited().problem(), tokens.problem());
    }

    private Response ready() {
        Health now = health();
        String problem = now.trouble() != null ? now.trouble() : now.unready();
        return problem == null
                ? Response.json(200, Map.of("status", "ready", "generation", feed.generation()))
                : Response.json(503, Map.of("status", "not_ready", "reason", problem));
    }

    private void fail(Throwable cause) {
        LOG.error("the control plane ends: its store failed", cause);
        failed = true;
        stopped.countDown();
    }

    /**
     * Returns when the listener answers.
     *
     * @param settings read once; throws an operator's error when they are wrong
     * @param directory that relative paths of settings start from
     */
    public static ControlPlane start(Supplier<Configuration> settings, Path directory, Clock clock) {
        ControlPlane plane = new ControlPlane(settings, directory, clock);
        LOG.info("the control plane listens on port {}", plane.port);
        return plane;
    }

    public int port() {
        return port;
    }

    /** Every operation that is served. */
    public OperationTable operations() {
        return operations;
    }

    /** @return exit code, 1 after a fatal fault */
    public int awaitExitCode() throws InterruptedException {
        stopped.await();
        return failed ? 1 : 0;
    }

    private void closeStores() {
        feed.close();
        secrets.close();
        webhooks.close();
        tokens.close();
        store.close();
        if (clients != null) {
            clients.close();
        }
        if (tls != null) {
            tls.close();
        }
    }

    /** Lets those go that wait for snapshots, answers what is open, closes. */
    @Override
    public void close() {
        feed.close();
        socket.close();
        edge.drain(DRAIN_TIMEOUT);
        closeStores();
        try {
            RunFile.remove(database.file().toAbsolutePath());
        } catch (IOException e) {
            LOG.warn("the run file could not be removed: {}", e.getMessage());
        }
        stopped.countDown();
    }
}
