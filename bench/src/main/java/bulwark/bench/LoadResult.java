package bulwark.bench;

import java.util.Arrays;
import java.util.Locale;

/**
 * What one run of a load showed.
 *
 * @param perSecond answers a second by the wall clock
 * @param cpuMicros CPU time of the node for each answer, µs
 */
public record LoadResult(double perSecond, double cpuMicros, double p50Millis, double p99Millis) {
    public static LoadResult of(long[] took, long wallNanos, double cpuSeconds) {
        Arrays.sort(took);
        return new LoadResult(
                took.length * 1e9 / wallNanos,
                cpuSeconds * 1e6 / took.length,
                took[took.length / 2] / 1e6,
                took[(int) Math.min(took.length - 1, Math.ceil(took.length * 0.99) - 1)] / 1e6);
    }

    String line() {
        return String.format(Locale.ROOT, "%.3f %.3f %.4f %.4f", perSecond, cpuMicros, p50Millis, p99Millis);
    }

    static LoadResult parse(String line) {
        double[] n = Arrays.stream(line.strip().split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        return new LoadResult(n[0], n[1], n[2], n[3]);
    }
}
