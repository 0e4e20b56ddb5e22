package bulwark.gateway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetricsScrapeTest {
    @Test
    void a_thousand_calls_in_a_second_make_five_texts() {
        AtomicInteger made = new AtomicInteger();
        AtomicLong nanos = new AtomicLong(-7);
        MetricsScrape scrapes = new MetricsScrape(() -> "text " + made.incrementAndGet(), nanos::get);
        for (int second = 1; second <= 3; second++) {
            String text = "";
            for (int i = 0; i < 1_000; i++) {
                text = new String(scrapes.text(), StandardCharsets.UTF_8);
            }
            assertThat(text).isEqualTo("text " + 5 * second);
            nanos.addAndGet(1_000_000_000L);
        }
        assertThat(made).hasValue(15);
    }
}
