package bulwark.gateway.feed;

import bulwark.gateway.route.RoutesRefused;
import bulwark.gateway.snapshot.GatewaySnapshot;
import bulwark.gateway.snapshot.SignedSnapshot;
import bulwark.gateway.snapshot.SnapshotReader;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a gateway at what its control plane signs: registers, waits for each new snapshot, carries it out or refuses it with reasons, and says so. While nobody answers, the last good
 * snapshot goes on. Thread-safe; {@link #close} ends its threads.
 */
public final class ControlPlaneLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlaneLink.class);
    private static final MetricDescription CONNECTED =
            MetricDescription.gauge("stoa_control_plane_connected", "1 while the control plane answers, else 0");
    private static final MetricDescription GENERATION =
            MetricDescription.gauge("stoa_control_plane_generation", "number of the snapshot that is carried out");
    private static final MetricDescription REFUSALS =
            MetricDescription.counter("stoa_control_plane_snapshots_refused", "snapshots that were refused as a whole");

    private static final MetricDescription DELTAS_REFUSED = MetricDescription.counter(
            "stoa_control_plane_deltas_refused",
            "changes of snapshots that were refused, so that the whole was asked for");

    public static final List<MetricDescription> METRICS = List.of(CONNECTED, GENERATION, REFUSALS, DELTAS_REFUSED);
    public static final List<AuditEventType> EVENTS =
            List.of(SnapshotApplier.APPLIED, SnapshotApplier.REFUSED, SnapshotApplier.DELTA_REFUSED);

    /** So that an order arrives within a second after a connection was cut. */
    private static final Duration MIN_PAUSE = Duration.ofMillis(50);

    private static final Duration MAX_PAUSE = Duration.ofSeconds(30);
    /** While nobody listens there. */
    private static final Duration MAX_PAUSE_UNANSWERED = Duration.ofSeconds(1);
    /** After a refusal the same snapshot is looked at again, in case the gateway's own routes were what stood against it. */
    private static final Duration REFUSAL_PAUSE = Duration.ofSeconds(2);

    /** After changes that cannot be used, snapshots are asked for as a whole. */
    private static final Duration WHOLE_DURATION = Duration.ofMinutes(1);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
    private static final int MAX_REASONS = 50;
    private static final int MAX_USAGE = 1_000;
    private static final int MAX_REASON = 190;

    private final FeedSettings settings;
    private final SnapshotTarget target;
    private final SnapshotApplier applier;
    private final LastSnapshot last;
    private final ControlPlaneClient client;
    private final SnapshotReader reader;
    private final Clock clock;
    private final Instant started;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread fetching = EssentialThread.virtual("control-plane-snapshots", this::fetch);
    private final EssentialThread beating = EssentialThread.virtual("control-plane-heartbeat", this::beat);
    private volatile @Nullable String id;
    private volatile boolean connected;
    private volatile long refusedGeneration;
    private Instant deltasFrom = Instant.MIN;

    private ControlPlaneLink(
            FeedSettings settings, SnapshotTarget target, Path stateFolder, Signing signing, Clock clock) {
        this.settings = settings;
        this.target = target;
        this.applier = new SnapshotApplier(target);
        this.reader = new SnapshotReader(settings.pinned(), signing);
        this.last = new LastSnapshot(stateFolder, reader);
        this.client = new ControlPlaneClient(settings);
        this.clock = clock;
        this.started = clock.instant();
    }

    /**
     * Carries out the last good snapshot, where there is one, before it returns; asks the control plane from then on.
     *
     * @throws bulwark.kernel.error.OperatorError when that snapshot must not be used
     */
    public static ControlPlaneLink open(
            FeedSettings settings, SnapshotTarget target, Path stateFolder, Signing signing, Clock clock) {
        ControlPlaneLink link = new ControlPlaneLink(settings, target, stateFolder, signing, clock);
        link.resume();
        target.metrics().gauge(CONNECTED.name(), () -> link.connected ? 1 : 0);
        target.metrics().gauge(GENERATION.name(), link.applier::generation);
        settings.tls().watch();
        link.fetching.start();
        link.beating.start();
        return link;
    }

    private void resume() {
        Optional<SignedSnapshot> kept = last.read();
        kept.ifPresent(this::resume);
        long generation = kept.map(SignedSnapshot::snapshot)
                .map(GatewaySnapshot::generation)
                .orElse(0L);
        last.readRefused(kept.orElse(null))
                .map(SignedSnapshot::snapshot)
                .filter(refused -> refused.generation() >= generation)
                .ifPresent(applier::withdraw);
    }

    private void resume(SignedSnapshot kept) {
        applier.admitKept(kept.snapshot(), last.file());
        applier.withdraw(kept.snapshot());
        try {
            applier.apply(kept, false, () -> {});
            LOG.info("the last good snapshot, generation {}, is carried out", applier.generation());
        } catch (RoutesRefused e) {
            // Settings changed since: what they no longer allow is not served.
            applier.refused(kept.snapshot().generation(), e.sentences());
            LOG.warn("the last good snapshot is not carried out: {}", e.getMessage());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Why nothing of the control plane is carried out, for readiness; null once a snapshot is, whether anybody answers or not. */
    public @Nullable String problem() {
        return applier.current() == null ? "Control Plane unreachable" : null;
    }

    private boolean pause(Duration duration) throws InterruptedException {
        return stop.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void fetch() {
        Duration wait = MIN_PAUSE;
        boolean told = false;
        try {
            while (stop.getCount() > 0) {
                try {
                    boolean took = step();
                    connected = true;
                    told = false;
                    wait = MIN_PAUSE;
                    if (!took && pause(REFUSAL_PAUSE)) {
                        return;
                    }
                } catch (IOException e) {
                    connected = false;
                    if (e instanceof ControlPlaneClient.NotRegistered) {
                        id = null;
                    }
                    if (!told && stop.getCount() > 0) {
                        LOG.warn("{}; the last good snapshot goes on", sentence(e));
                        told = true;
                    }
                    if (pause(wait)) {
                        return;
                    }
                    wait = longer(wait, e instanceof ControlPlaneClient.Unwelcome ? MAX_PAUSE : MAX_PAUSE_UNANSWERED);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration wait, Duration max) {
        Duration twice = wait.multipliedBy(2);
        return twice.compareTo(max) < 0 ? twice : max;
    }

    private static String sentence(IOException e) {
        return e.getMessage() == null ? "the control plane does not answer" : e.getMessage();
    }

    /** One registration where it is due, one wait, one snapshot. @return false when it was refused */
    private boolean step() throws IOException, InterruptedException {
        String own = id;
        if (own == null) {
            own = settings.registers() ? client.register(registration()) : client.ownId();
            id = own;
        }
        boolean toKeep = last.isLong();
        String base = toKeep ? "" : base();
        Optional<byte[]> document = client.snapshot(own, toKeep ? 0 : applier.generation(), base);
        return document.isEmpty() || take(own, document.get(), !base.isEmpty());
    }

    /** Digest of the snapshot whose changes may come alone; empty where the whole must come. */
    private String base() {
        SignedSnapshot now = applier.current();
        if (now == null || now.text() == null || refusedGeneration != 0) {
            return "";
        }
        return clock.instant().isBefore(deltasFrom) ? "" : now.digest();
    }

    /** @param deltaAsked whether changes alone were asked for */
    private boolean take(String own, byte[] document, boolean deltaAsked) throws IOException, InterruptedException {
        boolean isDelta = SnapshotReader.isDelta(document) && deltaAsked;
        long generation = 0;
        try {
            SignedSnapshot now = applier.current();
            SignedSnapshot signed = isDelta ? reader.readNext(document, now) : reader.read(document, now);
            if (now != null && signed.digest().equals(now.digest())) {
                return keepAgain(document);
            }
            generation = signed.generation();
            applier.admit(signed.snapshot(), own);
            applier.withdraw(signed.snapshot());
            carryOut(signed, document);
            refusedGeneration = 0;
            client.acknowledge(own, Map.of("generation", generation, "status", "applied"));
            return true;
        } catch (RoutesRefused e) {
            if (isDelta) {
                askForWhole(generation, e.sentences());
                return true;
            }
            refuse(own, generation, e.sentences());
            return false;
        }
    }

    /** What is carried out already is kept as a whole when that was asked for. @return whether it was */
    private boolean keepAgain(byte[] document) throws IOException {
        boolean asked = last.isLong();
        if (asked) {
            last.keep(document);
        }
        return asked;
    }

    /** Changes are never carried out by half: whatever is wrong with them, the whole that they lead to is judged by itself. */
    private void askForWhole(long generation, List<String> reasons) {
        deltasFrom = clock.instant().plus(WHOLE_DURATION);
        target.metrics().count(DELTAS_REFUSED.name());
        applier.refusedDelta(generation, reasons);
        LOG.warn("changes of a snapshot are not used, and the whole is asked for: {}", String.join(" ", reasons));
    }

    private void carryOut(SignedSnapshot signed, byte[] document) throws IOException {
        try {
            applier.apply(signed, true, () -> last.keep(document));
        } catch (RoutesRefused e) {
            if (!SnapshotReader.isDelta(document)) {
                last.writeRefused(document);
            }
            throw e;
        }
    }

    /** The same refusal is counted and recorded once, however often it is sent. */
    private void refuse(String own, long generation, List<String> reasons) throws IOException, InterruptedException {
        if (refusedGeneration != Math.max(1, generation)) {
            refusedGeneration = Math.max(1, generation);
            target.metrics().count(REFUSALS.name());
            applier.refused(generation, reasons);
            LOG.error("a snapshot of the control plane is refused: {}", String.join(" ", reasons));
            List<String> some = reasons.stream()
                    .limit(MAX_REASONS)
                    .map(reason -> reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason)
                    .distinct()
                    .toList();
            client.acknowledge(own, Map.of("generation", generation, "status", "refused", "errors", some));
        }
    }

    private Map<String, Object> registration() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("hostname", hostname());
        body.put("mode", "edge-mcp");
        body.put("version", "0.1.0");
        body.put("capabilities", List.of("signed-snapshots"));
        body.put("generation", applier.generation());
        if (!settings.advertised().isEmpty()) {
            body.put("admin_url", settings.advertised());
        }
        return body;
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private void beat() {
        try {
            do {
                String own = id;
                if (own != null) {
                    beat(own);
                }
            } while (!pause(settings.heartbeatInterval()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat(String own) throws InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("uptime_seconds", Duration.between(started, clock.instant()).toSeconds());
        body.put("routes_count", target.routes().count());
        body.put("policies_count", target.routes().policyCount());
        body.put("generation", applier.generation());
        SignedSnapshot now = applier.current();
        if (now != null) {
            body.put("digest", now.digest());
        }
        body.put("usage", usage());
        try {
            client.heartbeat(own, body);
        } catch (IOException e) {
            LOG.debug("a heartbeat was not taken: {}", e.getMessage());
        }
    }

    private List<Map<String, Object>> usage() {
        return target.usage().usageOfKeys(MAX_USAGE).stream()
                .map(counted -> {
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("subscription_id", counted.id());
                    row.put("daily_used", counted.today());
                    row.put("monthly_used", counted.thisMonth());
                    return row;
                })
                .toList();
    }

    @Override
    public void close() {
        stop.countDown();
        client.close();
        settings.tls().close();
        fetching.awaitEnd(CLOSE_TIMEOUT);
        beating.awaitEnd(CLOSE_TIMEOUT);
    }
}
