package bulwark.gateway.balance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.balance.CircuitBreaker.Permit;
import bulwark.gateway.balance.CircuitBreaker.State;
import bulwark.kernel.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(20);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final CircuitBreaker breaker =
            new CircuitBreaker("u", BreakerSettings.STANDARD, () -> clock.millis() * 1_000_000);

    @Test
    void five_failures_within_a_minute_open_it() {
        fail(4);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(1);

        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.acquire(PROBE_TIMEOUT)).isEqualTo(Permit.REFUSED);
        assertThat(breaker.retryAfterSeconds()).isEqualTo(30);
        assertThat(breaker.stats().rejectedCount()).isEqualTo(1);
        assertThat(breaker.stats().openCount()).isEqualTo(1);
    }

    @Test
    void failures_that_lie_further_apart_do_not_count_together() {
        for (int i = 0; i < 20; i++) {
            fail(1);
            clock.advance(Duration.ofSeconds(16));
        }
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.stats().failuresInWindow()).isEqualTo(3);
        assertThat(breaker.stats().failureCount()).isEqualTo(20);
    }

    @Test
    void one_probe_at_a_time_and_two_successes_close_it() {
        fail(5);
        clock.advance(Duration.ofSeconds(30));

        Permit probe = breaker.acquire(PROBE_TIMEOUT);
        assertThat(probe).isEqualTo(Permit.PROBE);
        assertThat(breaker.acquire(PROBE_TIMEOUT)).isEqualTo(Permit.REFUSED);
        assertThat(breaker.isPassable()).isFalse();
        breaker.succeeded(probe);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        breaker.succeeded(breaker.acquire(PROBE_TIMEOUT));

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(4);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void a_probe_that_fails_opens_it_again_for_the_whole_time() {
        fail(5);
        clock.advance(Duration.ofSeconds(30));
        breaker.failed(breaker.acquire(PROBE_TIMEOUT));

        assertThat(breaker.state()).isEqualTo(State.OPEN);
        clock.advance(Duration.ofSeconds(29));
        assertThat(breaker.acquire(PROBE_TIMEOUT)).isEqualTo(Permit.REFUSED);
        clock.advance(Duration.ofSeconds(1));
        assertThat(breaker.acquire(PROBE_TIMEOUT)).isEqualTo(Permit.PROBE);
    }

    @Test
    void a_probe_without_a_verdict_makes_room_for_another() {
        fail(5);
        clock.advance(Duration.ofSeconds(30));
        breaker.released(breaker.acquire(PROBE_TIMEOUT));

        assertThat(breaker.acquire(PROBE_TIMEOUT)).isEqualTo(Permit.PROBE);
    }

    @Test
    void a_reset_closes_it_and_forgets() {
        fail(5);

        assertThat(breaker.reset()).isEqualTo(State.OPEN);
        assertThat(breaker.acquire(PROBE_TIMEOUT)).isEqualTo(Permit.PASS);
        assertThat(breaker.stats().failuresInWindow()).isZero();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed(breaker.acquire(PROBE_TIMEOUT));
        }
    }

    @Test
    void beside_a_probe_without_an_answer_in_time_another_call_probes() {
        fail(5);
        clock.advance(Duration.ofSeconds(30));
        Permit slow = breaker.acquire(PROBE_TIMEOUT);
        clock.advance(PROBE_TIMEOUT.minusMillis(1));
        assertThat(breaker.acquire(PROBE_TIMEOUT)).isEqualTo(Permit.REFUSED);
        clock.advance(Duration.ofMillis(1));

        assertThat(breaker.isPassable()).isTrue();
        breaker.succeeded(breaker.acquire(PROBE_TIMEOUT));
        breaker.succeeded(breaker.acquire(PROBE_TIMEOUT));
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        breaker.failed(slow);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }
}
