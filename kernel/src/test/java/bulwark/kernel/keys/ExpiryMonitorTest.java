package bulwark.kernel.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExpiryMonitorTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final SettableClock clock = new SettableClock(START);
    private final Metrics metrics = new Metrics();
    private final ExpiryMonitor monitor = new ExpiryMonitor("facts", metrics, clock);

    @AfterEach
    void close() {
        monitor.close();
    }

    @Test
    void another_process_reads_the_gauges_as_they_were_written() {
        monitor.watch("certificate", () -> in(Duration.ofDays(3)));
        monitor.watch("api_key", Optional::empty);
        assertThat(metrics.scrape()).contains("bulwark_expires_seconds{kind=\"certificate\",part=\"facts\"} 259200.0");
        assertThat(ExpiryMonitor.readings(metrics.scrape()))
                .containsExactly(new ExpiryMonitor.Reading("facts", "certificate", Duration.ofDays(3)));
        clock.advance(Duration.ofDays(4));
        assertThat(ExpiryMonitor.readings(metrics.scrape()).getFirst().left()).isEqualTo(Duration.ofDays(-1));
    }

    @Test
    void a_gauge_asks_once_in_an_interval_however_often_it_is_read() {
        AtomicInteger asked = new AtomicInteger();
        monitor.watch("api_key", () -> {
            asked.incrementAndGet();
            return Optional.of(new Expiry(START, START.plusSeconds(100), "Renew it."));
        });
        for (int i = 0; i < 200; i++) {
            assertThat(metrics.scrape()).contains("part=\"facts\"} 100.0");
        }
        assertThat(asked).hasValue(1);
        clock.advance(ExpiryMonitor.READ_INTERVAL.minusMillis(1));
        metrics.scrape();
        assertThat(asked).hasValue(1);
        clock.advance(Duration.ofMillis(1));
        assertThat(metrics.scrape()).contains("part=\"facts\"} 90.0");
        assertThat(asked).hasValue(2);
    }

    @Test
    void a_warning_is_due_fourteen_days_before_the_end_or_in_the_last_sixth_of_a_short_life() {
        monitor.watch("certificate", () -> in(Duration.ofDays(90)));
        monitor.watch("short", () -> Optional.of(new Expiry(START, START.plus(Duration.ofDays(6)), "Renew it.")));
        assertThat(monitor.warnings()).isEmpty();
        clock.advance(Duration.ofDays(5));
        assertThat(monitor.warnings()).containsExactly("short: expires in 1 days. Renew it.");
        clock.advance(Duration.ofDays(72));
        assertThat(monitor.warnings())
                .containsExactly("certificate: expires in 13 days. Renew it.", "short: expired 71 days ago. Renew it.");
    }

    @Test
    void an_error_in_a_renewal_ends_nothing_and_health_says_so() {
        AtomicInteger looks = new AtomicInteger();
        monitor.start(() -> {
            if (looks.incrementAndGet() == 1) {
                throw new StackOverflowError("made up");
            }
        });
        await().atMost(Duration.ofSeconds(30)).until(() -> looks.get() == 2);
        assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains("expiry"));
    }

    private static Optional<Expiry> in(Duration life) {
        return Optional.of(new Expiry(null, START.plus(life), "Renew it."));
    }
}
