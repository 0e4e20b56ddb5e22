package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HybridClockTest {
    @Test
    void it_never_goes_back_when_the_wall_clock_does() {
        HybridClock clock = new HybridClock();
        assertThat(clock.tick(1000)).isEqualTo(new HybridClock.Stamp(1000, 0));
        assertThat(clock.tick(1000)).isEqualTo(new HybridClock.Stamp(1000, 1));
        assertThat(clock.tick(900)).isEqualTo(new HybridClock.Stamp(1000, 2));
        assertThat(clock.tick(1001)).isEqualTo(new HybridClock.Stamp(1001, 0));
    }

    @Test
    void it_continues_behind_what_is_stored() {
        HybridClock clock = new HybridClock();
        clock.atLeast(5000, 7);
        assertThat(clock.tick(1000)).isEqualTo(new HybridClock.Stamp(5000, 8));
    }

    @Test
    void a_full_counter_borrows_the_next_millisecond() {
        HybridClock clock = new HybridClock();
        clock.atLeast(5000, 999_999);
        assertThat(clock.tick(5000)).isEqualTo(new HybridClock.Stamp(5001, 0));
    }

    @Test
    void text_order_is_time_order() {
        assertThat(HybridClock.text(1746230400000L, 9)).isEqualTo("1746230400000.000009");
        assertThat(HybridClock.text(1746230400000L, 9)).isLessThan(HybridClock.text(1746230400000L, 10));
        assertThat(HybridClock.text(12, 0)).isEqualTo("0000000000012.000000");
    }
}
