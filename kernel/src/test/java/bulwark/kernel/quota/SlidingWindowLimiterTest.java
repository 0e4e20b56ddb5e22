package bulwark.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SlidingWindowLimiterTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T18:00:00Z"));

    @Test
    void the_call_after_a_thousand_in_a_minute_is_refused_however_they_are_spread() {
        SlidingWindowLimiter limiter = limiter(1000, 100);
        for (int i = 0; i < 1000; i++) {
            assertThat(limiter.tryAcquire("acme").admitted()).isTrue();
            clock.advance(Duration.ofMillis(59));
        }
        SlidingWindowLimiter.Verdict verdict = limiter.tryAcquire("acme");
        assertThat(verdict.admitted()).isFalse();
        assertThat(verdict.retryAfterSeconds()).isBetween(1L, 3L);
        assertThat(verdict.rateLimit().remaining()).isZero();
        assertThat(limiter.tryAcquire("other").admitted()).isTrue();
        clock.advance(Duration.ofSeconds(verdict.retryAfterSeconds()));
        assertThat(limiter.tryAcquire("acme").admitted()).isTrue();
    }

    @Test
    void no_minute_holds_more_than_the_limit() {
        SlidingWindowLimiter limiter = limiter(50, 100);
        Random random = new Random(4712);
        Deque<Instant> admitted = new ArrayDeque<>();
        int total = 0;
        for (int i = 0; i < 20_000; i++) {
            clock.advance(Duration.ofMillis(random.nextInt(2_000)));
            if (limiter.tryAcquire("acme").admitted()) {
                admitted.add(clock.instant());
                total++;
            }
            while (!admitted.isEmpty()
                    && admitted.peek().isBefore(clock.instant().minusSeconds(60))) {
                admitted.remove();
            }
            assertThat(admitted.size()).isLessThanOrEqualTo(50);
        }
        assertThat(total).as("and errs by a slot only").isGreaterThan(15_000);
    }

    @Test
    void a_call_that_is_taken_back_is_not_counted() {
        SlidingWindowLimiter limiter = limiter(1, 100);
        assertThat(limiter.tryAcquire("acme").admitted()).isTrue();
        limiter.release("acme");
        assertThat(limiter.tryAcquire("acme").admitted()).isTrue();
        assertThat(limiter.tryAcquire("acme").admitted()).isFalse();
    }

    @Test
    void new_keys_share_one_window_when_there_is_no_room() {
        SlidingWindowLimiter limiter = limiter(1, 2);
        limiter.tryAcquire("a");
        limiter.tryAcquire("b");
        assertThat(limiter.tryAcquire("c").admitted()).isTrue();
        assertThat(limiter.tryAcquire("d").admitted()).isFalse();
        clock.advance(Duration.ofMinutes(2));
        assertThat(limiter.tryAcquire("d").admitted()).isTrue();
        assertThat(limiter.tryAcquire("e").admitted()).isTrue();
    }

    @Test
    void a_full_table_is_swept_once_a_second_whatever_calls() {
        SlidingWindowLimiter limiter = new SlidingWindowLimiter(1, Duration.ofSeconds(1), 2, clock);
        limiter.tryAcquire("a");
        clock.advance(Duration.ofMillis(500));
        limiter.tryAcquire("b");
        clock.advance(Duration.ofMillis(600));
        assertThat(limiter.tryAcquire("c").admitted()).as("a has gone").isTrue();
        clock.advance(Duration.ofMillis(500));
        int admitted = 0;
        for (int i = 0; i < 10_000; i++) {
            admitted += limiter.tryAcquire("d" + i).admitted() ? 1 : 0;
        }
        assertThat(admitted)
                .as("b could go and nobody looks yet: all share one window")
                .isEqualTo(1);
        clock.advance(Duration.ofMillis(600));
        assertThat(limiter.tryAcquire("e").admitted()).isTrue();
    }

    private SlidingWindowLimiter limiter(int limit, int maxKeys) {
        return new SlidingWindowLimiter(limit, Duration.ofMinutes(1), maxKeys, clock);
    }
}
