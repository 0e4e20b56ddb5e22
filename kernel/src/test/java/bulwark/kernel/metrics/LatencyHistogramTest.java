package bulwark.kernel.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Times that are counted in buckets, as a scrape tells them. */
class LatencyHistogramTest {
    private static final double[] BOUNDS = {0.001, 0.5, 10};
    private static final MetricDescription TIMES = MetricDescription.timer("x_times", "how long it took", "route");

    private final Metrics metrics = new Metrics(List.of(TIMES));

    private String line(String start) {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith(start + " "))
                .map(line -> line.substring(start.length() + 1))
                .findFirst()
                .orElse("");
    }

    @Test
    void a_scrape_tells_buckets_count_and_sum_of_each_label() {
        LatencyHistogram a = metrics.histogram("x_times", BOUNDS, "route", "a");
        assertThat(metrics.histogram("x_times", BOUNDS, "route", "a")).isSameAs(a);
        for (long nanos : new long[] {0, 1_000_000, 1_000_001, 500_000_000, 11_000_000_000L}) {
            a.record(nanos);
        }
        metrics.histogram("x_times", BOUNDS, "route", "b").record(2);
        assertThat(metrics.scrape())
                .contains("# HELP x_times_seconds how long it took", "# TYPE x_times_seconds histogram");
        assertThat(line("x_times_seconds_bucket{route=\"a\",le=\"0.001\"}")).isEqualTo("2");
        assertThat(line("x_times_seconds_bucket{route=\"a\",le=\"0.5\"}")).isEqualTo("4");
        assertThat(line("x_times_seconds_bucket{route=\"a\",le=\"10.0\"}")).isEqualTo("4");
        assertThat(line("x_times_seconds_bucket{route=\"a\",le=\"+Inf\"}")).isEqualTo("5");
        assertThat(line("x_times_seconds_count{route=\"a\"}")).isEqualTo("5");
        assertThat(Double.parseDouble(line("x_times_seconds_sum{route=\"a\"}"))).isEqualTo(11.502000001);
        assertThat(line("x_times_seconds_count{route=\"b\"}")).isEqualTo("1");
    }

    @Test
    void none_is_lost_between_threads() throws Exception {
        LatencyHistogram histogram = metrics.histogram("x_times", BOUNDS, "route", "a");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 10_000; n++) {
                    histogram.record(n % 3 * 1_000_000L);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(line("x_times_seconds_count{route=\"a\"}")).isEqualTo("40000");
    }
}
