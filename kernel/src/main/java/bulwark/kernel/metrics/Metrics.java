package bulwark.kernel.metrics;

import bulwark.kernel.metrics.MetricDescription.Kind;
import bulwark.kernel.signing.Digests;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One process's Prometheus registry. Label values that untrusted callers can choose are bounded: past 500 distinct principals, {@code other}. Thread-safe. */
public final class Metrics {
    private static final int MAX_PRINCIPALS = 500;
    private static final int LABEL_LENGTH = 16;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<List<String>, Counter> counters = new ConcurrentHashMap<>();
    private final Map<List<String>, Timer> timers = new ConcurrentHashMap<>();
    private final Map<String, LatencyFamily> families = new ConcurrentHashMap<>();
    private final Map<String, String> principals = new ConcurrentHashMap<>();
    private final Map<String, MetricDescription> described;

    /** Of no part: metrics have no help text. */
    public Metrics() {
        this(List.of());
    }

    /** @param descriptions of every metric that will be counted or measured here */
    public Metrics(List<MetricDescription> descriptions) {
        described = descriptions.stream().collect(Collectors.toMap(MetricDescription::name, d -> d));
    }

    /** Counts one. @param name without {@code _total}, which the format adds; labels are name, value pairs */
    public void count(String name, String... labels) {
        counter(name, labels).increment();
    }

    /** The counter itself, for a hot path that keeps it. */
    public Counter counter(String name, String... labels) {
        return counters.computeIfAbsent(
                key(name, labels),
                k -> Counter.builder(name)
                        .description(meaning(name, Kind.COUNTER, labels))
                        .tags(tags(labels))
                        .register(registry));
    }

    /** A histogram in seconds with the given bucket bounds. */
    public void time(String name, Duration took, double[] bounds, String... labels) {
        timer(name, bounds, labels).record(took);
    }

    /** The histogram itself, for a hot path that keeps it. */
    public Timer timer(String name, double[] bounds, String... labels) {
        return timers.computeIfAbsent(
                key(name, labels),
                k -> Timer.builder(name)
                        .description(meaning(name, Kind.TIMER, labels))
                        .tags(tags(labels))
                        .serviceLevelObjectives(java.util.Arrays.stream(bounds)
                                .mapToObj(s -> Duration.ofNanos(Math.round(s * 1e9)))
                                .toArray(Duration[]::new))
                        .register(registry));
    }

    /** As {@link #timer}, for a path that keeps very many of these. @param labels the same names in each call */
    public LatencyHistogram histogram(String name, double[] bounds, String... labels) {
        return families.computeIfAbsent(name, absent -> family(name, bounds, labels))
                .of(labels);
    }

    private LatencyFamily family(String name, double[] bounds, String... labels) {
        String help = meaning(name, Kind.TIMER, labels);
        String scraped = MetricDescription.timer(name, "").scrapedName();
        LatencyFamily family = new LatencyFamily(scraped, help == null ? "" : help, bounds);
        registry.getPrometheusRegistry().register(family);
        return family;
    }

    public void gauge(String name, DoubleSupplier value, String... labels) {
        Gauge.builder(name, value::getAsDouble)
                .description(meaning(name, Kind.GAUGE, labels))
                .tags(tags(labels))
                .register(registry);
    }

    /**
     * A label for the principal that does not name it, since anybody may read the metrics: the first 16 hex digits of the SHA-256 of its URI, or
     * {@code other} once too many distinct ones were seen.
     */
    public String principal(String entityUri) {
        String label = principals.get(entityUri);
        if (label != null) {
            return label;
        }
        if (principals.size() >= MAX_PRINCIPALS) {
            return "other";
        }
        return principals.computeIfAbsent(
                entityUri, uri -> Digests.sha256Hex(uri).substring(0, LABEL_LENGTH));
    }

    /** Prometheus text format 0.0.4. */
    public String scrape() {
        return registry.scrape();
    }

    /** A metric that is not declared, or not like this, fails an assertion: a test finds it and no user does. */
    private @Nullable String meaning(String name, Kind kind, String... labels) {
        MetricDescription description = described.get(name);
        assert described.isEmpty() || matches(description, kind, labels)
                : name + " is not declared as a " + kind + " with the labels " + List.of(labels);
        return description == null ? null : description.meaning();
    }

    private static boolean matches(@Nullable MetricDescription description, Kind kind, String... labels) {
        return description != null
                && description.kind() == kind
                && Set.copyOf(description.labels())
                        .equals(tags(labels).stream().map(Tag::getKey).collect(Collectors.toSet()));
    }

    private static List<String> key(String name, String... labels) {
        List<String> key = new ArrayList<>(labels.length + 1);
        key.add(name);
        Collections.addAll(key, labels);
        return key;
    }

    private static List<Tag> tags(String... labels) {
        List<Tag> tags = new ArrayList<>(labels.length / 2);
        for (int i = 0; i + 1 < labels.length; i += 2) {
            tags.add(Tag.of(labels[i], labels[i + 1]));
        }
        return tags;
    }
}
