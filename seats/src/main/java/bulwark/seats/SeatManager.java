package bulwark.seats;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.seats.settings.DatabaseUrl;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.store.SeatStore;
import bulwark.web.AuditedRoutes;
import bulwark.web.Edge;
import bulwark.web.Health;
import bulwark.web.OpsRoutes;
import bulwark.web.Response;
import bulwark.web.Route;
import bulwark.web.Service;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running service, plan-only: no key of a treasury is ever loaded, and nothing is sent. The one composition, used by the program and by tests. Thread-safe. */
public final class SeatManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SeatManager.class);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);
    private static final String VERSION = "0.1.0";

    private final SeatStore store;
    private final Edge edge = Edge.create();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final int port;
    private volatile boolean failed;

    private SeatManager(Configuration settings, Path directory, Clock clock) {
        store = SeatStore.open(
                storeFile(settings, directory), settings.text("SEAT_MANAGER_ACCEPT_EVIDENCE_LOSS"), clock);
        store.audited().store().onFatal(this::fail);
        try {
            port = listen(settings, service(settings));
        } catch (RuntimeException e) {
            edge.close();
            store.close();
            throw e;
        }
    }

    /** Where the settings put the store. */
    public static Path storeFile(Configuration settings, Path directory) {
        String url = settings.secret(SeatSettings.DATABASE).orElseThrow().exposeText(SecretAccess.grant());
        return directory.resolve(DatabaseUrl.file(url)).toAbsolutePath().normalize();
    }

    private Service service(Configuration settings) {
        Metrics metrics = new Metrics(SeatMetrics.ALL);
        List<Route> routes = new ArrayList<>(OpsRoutes.of(metrics, () -> new Health(store.problem(), null)));
        routes.add(Route.open("GET", "/health", request -> health()));
        AuditedRoutes refusals = new AuditedRoutes(store.audited().audit(), metrics, SeatMetrics.NAME);
        routes.replaceAll(refusals::wrap);
        return Service.builder(SeatMetrics.NAME, routes, metrics)
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
        body.put("writes", "disabled");
        body.put("signer", "none");
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

    private void fail(Throwable cause) {
        LOG.error("the service ends: its store failed", cause);
        failed = true;
        stopped.countDown();
    }

    /**
     * Returns when the listener answers.
     *
     * @param directory that relative paths of settings start from
     * @throws SeatStore.SchemaRefused before the port is opened, when the schema is not that of this program
     */
    public static SeatManager start(Configuration settings, Path directory, Clock clock) {
        settings.warnings().forEach(LOG::warn);
        SeatManager started = new SeatManager(settings, directory, clock);
        LOG.info("seats are served on port {}, plan-only: writes are disabled and no key is loaded", started.port);
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
        edge.drain(DRAIN_TIMEOUT);
        store.close();
        stopped.countDown();
    }
}
