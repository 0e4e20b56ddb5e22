package bulwark.kernel.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All histograms of one name. Thread-safe. */
final class LatencyFamily implements Collector {
    private static final double NANOS_PER_SECOND = 1e9;

    private final String name;
    private final String help;
    /** With the one that is no bound. */
    private final double[] bounds;

    private final long[] boundNanos;
    private final Map<List<String>, LatencyHistogram> byLabels = new ConcurrentHashMap<>();

    /** @param name as it is scraped @param seconds bounds, ascending */
    LatencyFamily(String name, String help, double[] seconds) {
        this.name = name;
        this.help = help;
        this.bounds = Arrays.copyOf(seconds, seconds.length + 1);
        this.bounds[seconds.length] = Double.POSITIVE_INFINITY;
        this.boundNanos = Arrays.stream(seconds)
                .mapToLong(bound -> Math.round(bound * NANOS_PER_SECOND))
                .toArray();
    }

    /** @param labels name, value pairs */
    LatencyHistogram of(String... labels) {
        return byLabels.computeIfAbsent(List.of(labels), key -> new LatencyHistogram(boundNanos, Labels.of(labels)));
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder snapshot =
                HistogramSnapshot.builder().name(name).help(help);
        byLabels.values().forEach(histogram -> snapshot.dataPoint(histogram.snapshot(bounds)));
        return snapshot.build();
    }
}
