package bulwark.kernel.keys;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches everything of one part that expires: gauges {@code bulwark_expires_seconds{part,kind}} (seconds left, negative once over) and, daily, a warning for each thing that is
 * over or near its end. Thread-safe.
 */
public final class ExpiryMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryMonitor.class);
    /** A gauge asks again what expires after this time: whoever may scrape costs no more than one look for each kind meanwhile. */
    static final Duration READ_INTERVAL = Duration.ofSeconds(10);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    /** The gauges, one for each thing that expires. */
    public static final MetricDescription METRIC = MetricDescription.gauge(
            "bulwark_expires_seconds", "time until a key or certificate ends; negative when it has", "part", "kind");

    private final Map<String, Supplier<Optional<Expiry>>> watched = new ConcurrentSkipListMap<>();
    private final String part;
    private final Metrics metrics;
    private final Clock clock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private @Nullable EssentialThread thread;

    /** @param part the value of the label, for instance {@code facts} */
    public ExpiryMonitor(String part, Metrics metrics, Clock clock) {
        this.part = part;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Adds a kind, for instance {@code certificate}; of several things the one that expires first. Empty means there is none now. */
    public void watch(String kind, Supplier<Optional<Expiry>> expiry) {
        watched.put(kind, expiry);
        LastReading last = new LastReading(expiry);
        metrics.gauge(METRIC.name(), () -> secondsLeft(last.read()), "part", part, "kind", kind);
    }

    /** Warns at once and then daily. @param renewal renews what the part can renew by itself; runs after each look */
    public ExpiryMonitor start(Runnable renewal) {
        thread = EssentialThread.platform("expiry", () -> loop(renewal)).start();
        return this;
    }

    private void loop(Runnable renewal) {
        try {
            do {
                check(renewal);
            } while (!stop.await(24, TimeUnit.HOURS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check(Runnable renewal) {
        try {
            warnings().forEach(warning -> LOG.warn("SECURITY WARNING: {}", warning));
            renewal.run();
        } catch (RuntimeException e) {
            LOG.warn("Expiry check failed; retrying in 24 h", e);
        }
    }

    /** One sentence for each thing that is over, or expires within its notice. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        watched.forEach((kind, expiry) -> expiry.get()
                .flatMap(known -> known.warning(kind + ":", clock.instant()))
                .ifPresent(warnings::add));
        return warnings;
    }

    private double secondsLeft(Optional<Expiry> expiry) {
        return expiry.map(known ->
                        Duration.between(clock.instant(), known.expires()).toMillis() / 1000.0)
                .orElse(Double.NaN);
    }

    /** What a source said last, until it is asked again. Thread-safe. */
    private final class LastReading {
        private final Supplier<Optional<Expiry>> source;
        private final ReentrantLock asking = new ReentrantLock();
        private Instant askedAt = Instant.EPOCH;
        private Optional<Expiry> known = Optional.empty();

        LastReading(Supplier<Optional<Expiry>> source) {
            this.source = source;
        }

        Optional<Expiry> read() {
            asking.lock();
            try {
                Instant now = clock.instant();
                if (now.isBefore(askedAt) || !now.isBefore(askedAt.plus(READ_INTERVAL))) {
                    known = source.get();
                    askedAt = now;
                }
                return known;
            } finally {
                asking.unlock();
            }
        }
    }

    @Override
    public void close() {
        stop.countDown();
        EssentialThread running = thread;
        if (running != null) {
            try {
                running.thread().join(CLOSE_TIMEOUT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** One gauge as another process reads it. */
    public record Reading(String part, String kind, Duration left) {}

    /** Every gauge of the family in a Prometheus text, without those that have no value. */
    public static List<Reading> readings(String scrape) {
        return scrape.lines()
                .filter(line -> line.startsWith(METRIC.name() + "{"))
                .map(ExpiryMonitor::reading)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Reading> reading(String line) {
        double value = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        return Double.isNaN(value)
                ? Optional.empty()
                : Optional.of(new Reading(label(line, "part"), label(line, "kind"), Duration.ofSeconds((long) value)));
    }

    private static String label(String line, String name) {
        int start = line.indexOf(name + "=\"") + name.length() + 2;
        return line.substring(start, line.indexOf('"', start));
    }
}
