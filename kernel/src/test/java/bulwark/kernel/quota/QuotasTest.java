package bulwark.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import bulwark.kernel.quota.Quotas.Decision;
import bulwark.kernel.quota.Quotas.Limit;
import bulwark.kernel.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class QuotasTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));

    @Test
    void a_new_bucket_is_full_and_the_burst_is_the_capacity() {
        Quotas quotas = quotas(100, 1000 / 3600.0);
        for (int i = 0; i < 100; i++) {
            assertThat(quotas.tryAcquire("a", "default", "fact_write")).isInstanceOf(Decision.Granted.class);
        }
        assertThat(refused(quotas)).isCloseTo(3.6, within(1e-6));
    }

    @Test
    void a_refusal_costs_nothing_and_names_the_time_to_the_next_token() {
        Quotas quotas = quotas(1, 1);
        take(quotas);
        clock.advance(Duration.ofMillis(250));
        assertThat(refused(quotas)).isCloseTo(.75, within(1e-9));
        assertThat(refused(quotas)).isCloseTo(.75, within(1e-9));
        clock.advance(Duration.ofMillis(750));
        take(quotas);
    }

    @Test
    void refill_stops_at_the_capacity() {
        Quotas quotas = quotas(3, 1);
        take(quotas);
        clock.advance(Duration.ofDays(30));
        take(quotas);
        take(quotas);
        take(quotas);
        assertThat(refused(quotas)).isEqualTo(1);
    }

    @Test
    void principals_tenants_and_dimensions_do_not_share() {
        Quotas quotas = Quotas.of(Map.of("w", new Limit(1, 1), "r", new Limit(1, 1)), clock);
        assertThat(quotas.tryAcquire("a", "t", "w")).isInstanceOf(Decision.Granted.class);
        assertThat(quotas.tryAcquire("b", "t", "w")).isInstanceOf(Decision.Granted.class);
        assertThat(quotas.tryAcquire("a", "u", "w")).isInstanceOf(Decision.Granted.class);
        assertThat(quotas.tryAcquire("a", "t", "r")).isInstanceOf(Decision.Granted.class);
        assertThat(quotas.tryAcquire("a", "t", "w")).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void a_dimension_without_a_limit_is_never_refused() {
        Quotas quotas = Quotas.of(Map.of(), clock);
        for (int i = 0; i < 10_000; i++) {
            assertThat(quotas.tryAcquire("a", "t", "w")).isInstanceOf(Decision.Granted.class);
        }
    }

    @Test
    void a_clock_that_is_set_back_does_not_lock_anyone_out() {
        Quotas quotas = quotas(2, 1);
        take(quotas);
        take(quotas);
        clock.advance(Duration.ofHours(-5));
        assertThat(refused(quotas)).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        take(quotas);
    }

    @Test
    void any_sequence_agrees_with_a_reference_token_bucket() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            int capacity = 1 + random.nextInt(50);
            double rate = .25 * (1 + random.nextInt(40));
            Quotas quotas = quotas(capacity, rate);
            double tokens = capacity;
            for (int step = 0; step < 200; step++) {
                long millis = random.nextInt(1500);
                clock.advance(Duration.ofMillis(millis));
                tokens = Math.min(capacity, tokens + millis / 1000.0 * rate);
                boolean granted = quotas.tryAcquire("a", "default", "fact_write") instanceof Decision.Granted;
                if (Math.abs(tokens - 1) > 1e-5) {
                    assertThat(granted).isEqualTo(tokens >= 1);
                }
                tokens -= granted ? 1 : 0;
            }
        }
    }

    @Test
    void many_threads_never_get_more_than_the_capacity() throws Exception {
        Quotas quotas = quotas(500, 1e-6);
        AtomicInteger granted = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2_000; i++) {
                threads.submit(() -> {
                    if (quotas.tryAcquire("a", "default", "fact_write") instanceof Decision.Granted) {
                        granted.incrementAndGet();
                    }
                });
            }
        }
        assertThat(granted).hasValue(500);
    }

    @Test
    void very_large_limits_do_not_overflow() {
        Quotas quotas = quotas(9e17, 2.5e14);
        take(quotas);
        clock.advance(Duration.ofDays(36_500));
        take(quotas);
    }

    @Test
    void a_limit_that_nobody_could_meet_is_refused() {
        assertThatThrownBy(() -> new Limit(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Limit(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Limit(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private Quotas quotas(double capacity, double rate) {
        return Quotas.of(Map.of("fact_write", new Limit(capacity, rate)), clock);
    }

    private static void take(Quotas quotas) {
        assertThat(quotas.tryAcquire("a", "default", "fact_write")).isInstanceOf(Decision.Granted.class);
    }

    private static double refused(Quotas quotas) {
        Decision grant = quotas.tryAcquire("a", "default", "fact_write");
        assertThat(grant).isInstanceOf(Decision.Refused.class);
        return ((Decision.Refused) grant).retryAfter();
    }
}
