package bulwark.kernel.rotation;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ages of keys, and rotations that wait, in the metrics of a process that lives: it looks once a minute, and a scrape asks nobody. Thread-safe. */
public final class RotationMetrics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RotationMetrics.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final String AGE = "bulwark_key_age_seconds";
    private static final String WAITING = "bulwark_rotation_waiting_seconds";
    /** Both gauges. */
    public static final List<MetricDescription> DESCRIPTIONS = List.of(
            MetricDescription.gauge(
                    AGE,
                    "time since a key was made, for each kind that bulwark rotate knows and whose age is no secret's to tell",
                    "kind"),
            MetricDescription.gauge(
                    WAITING,
                    "time since a rotation entered a state that it has not left, without the window of the old key; 0 when none waits",
                    "kind"));

    private final List<RotationKind> kinds;
    private final Source source;
    private final Clock clock;
    private final Map<String, Instant> created = new ConcurrentHashMap<>();
    private final Map<String, Instant> waitingSince = new ConcurrentHashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread;

    /** Where rotations are read. */
    @FunctionalInterface
    public interface Source {
        List<RotationRecord> rotations() throws IOException;
    }

    private RotationMetrics(List<RotationKind> kinds, Source source, Clock clock) {
        this.kinds = List.copyOf(kinds);
        this.source = source;
        this.clock = clock;
        thread = EssentialThread.virtual("rotation-metrics", this::loop);
    }

    public static RotationMetrics start(Metrics metrics, List<RotationKind> kinds, Source source, Clock clock) {
        RotationMetrics started = new RotationMetrics(kinds, source, clock);
        for (RotationKind kind : kinds) {
            if (kind.isAgePublic()) {
                metrics.gauge(AGE, () -> started.since(started.created, kind, Double.NaN), "kind", kind.name());
            }
            metrics.gauge(WAITING, () -> started.since(started.waitingSince, kind, 0), "kind", kind.name());
        }
        EssentialThread ignored = started.thread.start();
        return started;
    }

    private double since(Map<String, Instant> times, RotationKind kind, double absent) {
        Instant time = times.get(kind.name());
        return time == null ? absent : Duration.between(time, clock.instant()).toMillis() / 1000.0;
    }

    private void loop() {
        try {
            do {
                look();
            } while (!stop.await(INTERVAL.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        for (RotationKind kind :
                kinds.stream().filter(RotationKind::isAgePublic).toList()) {
            try {
                kind.expiry()
                        .map(Expiry::created)
                        .ifPresentOrElse(time -> created.put(kind.name(), time), () -> created.remove(kind.name()));
            } catch (IOException | RuntimeException e) {
                LOG.debug("the age of {} was not seen", kind.name(), e);
            }
        }
        try {
            Map<String, Instant> waiting = new ConcurrentHashMap<>();
            source.rotations().stream()
                    .filter(each -> !each.isFinished() && !isInWindow(each))
                    .forEach(each -> waiting.put(each.kind(), each.since()));
            waitingSince.keySet().retainAll(waiting.keySet());
            waitingSince.putAll(waiting);
        } catch (IOException | RuntimeException e) {
            LOG.debug("the rotations were not seen", e);
        }
    }

    private boolean isInWindow(RotationRecord rotation) {
        Instant end = rotation.retireAt();
        return rotation.state() == RotationState.RETIRING
                && rotation.effectDone()
                && end != null
                && clock.instant().isBefore(end);
    }

    @Override
    public void close() {
        stop.countDown();
        thread.awaitEnd(CLOSE_TIMEOUT);
    }
}
