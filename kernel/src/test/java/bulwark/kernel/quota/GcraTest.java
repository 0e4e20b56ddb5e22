package bulwark.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class GcraTest {
    /** Three tokens, one more each ten nanoseconds. */
    private static final Gcra RATE = new Gcra(10, 30);

    @Test
    void a_burst_passes_and_then_one_token_for_each_spacing() {
        long fullAt = 0;
        for (int i = 0; i < 3; i++) {
            Gcra.Step step = RATE.acquire(fullAt, 1_000);
            assertThat(step.granted()).isTrue();
            fullAt = step.fullAt();
        }
        assertThat(RATE.acquire(fullAt, 1_000)).isEqualTo(new Gcra.Step(fullAt, 10));
        assertThat(RATE.acquire(fullAt, 1_009).delay()).isEqualTo(1);
        assertThat(RATE.acquire(fullAt, 1_010).granted()).isTrue();
    }

    @Test
    void a_clock_that_was_set_back_does_not_lock_the_key() {
        long fullAt = RATE.acquire(0, 1_000_000).fullAt();
        Gcra.Step step = RATE.acquire(fullAt, 1_000);
        assertThat(step.delay()).isEqualTo(10);
        assertThat(RATE.acquire(step.fullAt(), 1_010).granted()).isTrue();
    }

    @Test
    void an_instant_is_counted_in_nanoseconds() {
        assertThat(Gcra.nanos(Instant.ofEpochSecond(1, 2))).isEqualTo(1_000_000_002);
    }
}
