package bulwark.seats;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.quota.Quotas;
import bulwark.seats.approval.PlanSender;
import bulwark.seats.beacon.ConsensusAccess;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.send.PlanDispatcher;
import bulwark.seats.send.SendMetrics;
import bulwark.seats.send.TransactionSender;
import bulwark.seats.settings.ChainSettings;
import bulwark.seats.settings.DatabaseUrl;
import bulwark.seats.settings.WatchSettings;
import bulwark.seats.store.SeatStore;
import bulwark.seats.watch.WatchMetrics;
import bulwark.seats.watch.WatchService;
import bulwark.web.AuditedRoutes;
import bulwark.web.Edge;
import bulwark.web.Health;
import bulwark.web.LocalAdminClient;
import bulwark.web.LocalSocket;
import bulwark.web.OpsRoutes;
import bulwark.web.Response;
import bulwark.web.Route;
import bulwark.web.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running service: no key of a treasury is ever loaded, and approved plans are sent only where writes are enabled, with what a signer of its own signs. The one composition, used by the program and by tests. Thread-safe. */
public final class SeatManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SeatManager.class);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);
    static final String VERSION = "0.1.0";

    /** Other beginnings of paths that proxies of the console use. */
    private static final List<String> PATH_PREFIXES = List.of("/api/mainnet", "/api/centurion", "/api/seat-manager");

    /** Of one caller; bursts of a page are far below. */
    private static final Quotas.Limit PER_CALLER = new Quotas.Limit(400, 20);
    /** Before anybody is identified. */
    private static final Quotas.Limit PER_ADDRESS = new Quotas.Limit(2_000, 500);

    private static final Quotas.Limit FAILURES_PER_ADDRESS = new Quotas.Limit(1_000, 100);
    private static final String SOCKET = "seats";
    /** One gwei for each unit of gas. */
    private static final BigInteger PRIORITY_FEE = BigInteger.valueOf(1_000_000_000);

    private final SeatStore store;
    private final Edge edge = Edge.create();
    private final Metrics metrics = new Metrics(SeatMetrics.ALL);
    private final BlsVerifier bls = BlsVerifier.ofThisProgram();
    private final @Nullable ChainAccess chain;
    private final @Nullable PlanDispatcher dispatcher;
    private final @Nullable ConsensusAccess consensus;
    private final SeatApi api;
    /** Null where another process is to watch, and where there is nothing to ask. */
    private final @Nullable WatchService watch;

    private final LocalSocket socket;
    private final Clock clock;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final int port;
    private volatile boolean failed;

    private SeatManager(Supplier<Configuration> live, Path directory, Clock clock, boolean watching) {
        Configuration settings = live.get();
        store = SeatStore.open(
                DatabaseUrl.location(live, directory), settings.text("SEAT_MANAGER_ACCEPT_EVIDENCE_LOSS"), clock);
        this.clock = clock;
        store.audited().store().onFatal(this::fail);
        try {
            chain = ChainSettings.open(settings, directory, clock).orElse(null);
            dispatcher = dispatcher(settings, directory);
            PlanSender sender = dispatcher == null ? PlanSender.DISABLED : dispatcher;
            consensus = WatchSettings.open(settings).orElse(null);
            api = new SeatApi(store, bls, chain, consensus, sender, settings, directory, clock);
            port = listen(settings, service(settings));
            socket = listenLocally();
            if (dispatcher != null) {
                dispatcher.start();
            }
            watch = watching ? SeatWatch.start(settings, directory, store, chain, consensus, sender, clock) : null;
        } catch (RuntimeException e) {
            edge.close();
            store.close();
            throw e;
        }
    }

    /** Null while nothing may be sent. */
    private @Nullable PlanDispatcher dispatcher(Configuration settings, Path directory) {
        if (chain == null || !settings.flag("SEAT_MANAGER_WRITES_ENABLED")) {
            return null;
        }
        BigInteger maxFee = new BigInteger(settings.text("SEAT_MANAGER_MAX_FEE_PER_GAS_WEI"));
        return PlanDispatcher.open(
                store,
                chain,
                directory.resolve(settings.text("SEAT_MANAGER_EVIDENCE_DIR")),
                directory.resolve(settings.text("SEAT_MANAGER_SIGNER_SOCKET")).toAbsolutePath(),
                new TransactionSender.FeeLimits(maxFee, PRIORITY_FEE.min(maxFee)),
                new SendMetrics(metrics),
                clock);
    }

    private Service service(Configuration settings) {
        WatchMetrics.register(metrics, store, clock);
        new SendMetrics(metrics).register(store);
        List<Route> routes = new ArrayList<>(OpsRoutes.of(metrics, () -> new Health(store.problem(), null)));
        routes.add(Route.open("GET", "/health", request -> health()));
        routes.addAll(api.routes());
        AuditedRoutes refusals = new AuditedRoutes(store.audited().audit(), metrics, SeatMetrics.NAME);
        routes.replaceAll(refusals::wrap);
        return Service.builder(SeatMetrics.NAME, routes, metrics)
                .authenticators(api.authenticators())
                .quotas(Quotas.of(Map.of("api", PER_CALLER), clock))
                .sourceLimit(PER_ADDRESS)
                .failureLimit(FAILURES_PER_ADDRESS)
                .pathPrefixes(PATH_PREFIXES)
                .refuseForeignOrigins()
                .errors(new SeatErrors())
                .refusals(refusals)
                .hosts(Set.copyOf(settings.list("SEAT_MANAGER_ALLOWED_HOSTS")))
                .origins(Set.copyOf(settings.list("SEAT_MANAGER_PUBLIC_ORIGINS")))
                .build();
    }

    private Response health() {
        @Nullable String problem = store.problem();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", problem == null ? "ok" : "error");
        body.put("version", VERSION);
        body.put("schemaVersion", SeatStore.SCHEMA_VERSION);
        body.put("writes", dispatcher == null ? "disabled" : "enabled");
        body.put("signer", dispatcher == null ? "none" : dispatcher.signerBackend());
        if (problem != null) {
            body.put("reason", problem);
        }
        return Response.json(problem == null ? 200 : 503, body);
    }

    private int listen(Configuration settings, Service service) {
        try {
            return edge.listenPlain(service, settings.text("SEAT_MANAGER_HOST"), settings.port("SEAT_MANAGER_PORT"));
        } catch (Edge.EdgeFailed e) {
            e.nameSetting("SEAT_MANAGER_PORT");
            throw e;
        }
    }

    private LocalSocket listenLocally() {
        Path file = store.file();
        try {
            Path path = RunFile.socketFor(file, SOCKET);
            LocalSocket opened = LocalSocket.listen(path, api.ownerRoutes(), new SeatErrors());
            new RunFile(ProcessHandle.current().pid(), path, Map.of("port", port)).write(file);
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** For commands of the owner: over the socket of the running process, or with the store opened for one command when none runs. */
    public static LocalAdminClient owner(Supplier<Configuration> settings, Path directory, Clock clock) {
        StoreLocation location = DatabaseUrl.location(settings, directory);
        return LocalAdminClient.open(
                location.base(), SOCKET, () -> StoppedSeats.open(location, settings.get(), directory, clock));
    }

    /** The running service's table of routes. */
    public SeatApi api() {
        return api;
    }

    private void fail(Throwable cause) {
        LOG.error("the service ends: its store failed", cause);
        failed = true;
        stopped.countDown();
    }

    /**
     * Returns when the listener answers.
     *
     * @param live read again for each connection to a database
     * @param directory that relative paths of settings start from
     * @throws SeatStore.SchemaRefused before the port is opened, when the schema is not that of this program
     */
    public static SeatManager start(Supplier<Configuration> live, Path directory, Clock clock) {
        return start(live, directory, clock, false);
    }

    /** As {@link #start(Supplier, Path, Clock)}, with the watchers in this process. @param watching whether this process watches too */
    public static SeatManager start(Supplier<Configuration> live, Path directory, Clock clock, boolean watching) {
        live.get().warnings().forEach(LOG::warn);
        SeatManager started = new SeatManager(live, directory, clock, watching);
        LOG.info(
                "seats are served on port {}, {}; no key is loaded here",
                started.port,
                started.dispatcher == null ? "plan-only: writes are disabled" : "and approved plans are sent");
        return started;
    }

    public int port() {
        return port;
    }

    public SeatStore store() {
        return store;
    }

    /** @return exit code, 1 after a fatal fault */
    public int awaitExitCode() throws InterruptedException {
        stopped.await();
        return failed ? 1 : 0;
    }

    /** Answers what is open, then closes. */
    @Override
    public void close() {
        socket.close();
        edge.drain(DRAIN_TIMEOUT);
        if (watch != null) {
            watch.close();
        }
        if (dispatcher != null) {
            dispatcher.close();
        }
        bls.close();
        if (chain != null) {
            chain.close();
        }
        if (consensus != null) {
            consensus.close();
        }
        store.close();
        try {
            RunFile.remove(store.file());
        } catch (IOException e) {
            LOG.warn("the run file could not be removed: {}", e.getMessage());
        }
        stopped.countDown();
    }
}
