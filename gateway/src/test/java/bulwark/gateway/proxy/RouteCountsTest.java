package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.metrics.Metrics;
import org.junit.jupiter.api.Test;

class RouteCountsTest {
    @Test
    void a_backend_that_invents_statuses_makes_few_series() {
        Metrics metrics = new Metrics(CallMetrics.DESCRIPTIONS);
        RouteCounts counts = new RouteCounts("r1");
        for (int status = 100; status < 600; status++) {
            counts.answered(metrics, "GET", status, 1_000);
        }

        String text = metrics.scrape();
        assertThat(text.lines().filter(line -> line.startsWith("stoa_http_requests_total{")))
                .hasSizeLessThan(60);
        assertThat(text)
                .contains("status=\"404\"} 1.0")
                .contains("status=\"2xx\"} 95.0")
                .doesNotContain("status=\"299\"");
    }
}
