package bulwark.kernel.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Times in buckets, for a path that keeps very many of these: all that one counts lies side by side, where a timer of the library is spread over a dozen places of the memory. It knows no maximum.
 * Thread-safe.
 */
public final class LatencyHistogram {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long[] boundNanos;
    private final Labels labels;
    /** Of each bucket how many, of the one without a bound too, and in the end the sum in nanoseconds. */
    private final AtomicLongArray cells;

    /** @param boundNanos ascending; shared by all histograms of one name */
    LatencyHistogram(long[] boundNanos, Labels labels) {
        this.boundNanos = boundNanos;
        this.labels = labels;
        this.cells = new AtomicLongArray(boundNanos.length + 2);
    }

    /** One more. A bound belongs to the bucket that it ends. */
    public void record(long nanos) {
        int bucket = 0;
        while (bucket < boundNanos.length && nanos > boundNanos[bucket]) {
            bucket++;
        }
        cells.getAndIncrement(bucket);
        cells.getAndAdd(boundNanos.length + 1, Math.max(0, nanos));
    }

    HistogramDataPointSnapshot snapshot(double[] bounds) {
        long[] counts = new long[bounds.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = cells.get(i);
        }
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                .sum(cells.get(boundNanos.length + 1) / NANOS_PER_SECOND)
                .build();
    }
}
