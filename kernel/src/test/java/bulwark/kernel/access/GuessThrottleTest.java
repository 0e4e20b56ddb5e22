package bulwark.kernel.access;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GuessThrottleTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final GuessThrottle throttle = new GuessThrottle(2, Duration.ofSeconds(10), Duration.ofSeconds(40), clock);

    @Test
    void the_wait_doubles_up_to_its_limit_and_a_success_forgets_it() {
        throttle.failed("a");
        assertThat(throttle.waitOf("a")).isEmpty();
        throttle.failed("a");
        assertThat(throttle.waitOf("a")).contains(Duration.ofSeconds(10));
        throttle.failed("a");
        assertThat(throttle.waitOf("a")).contains(Duration.ofSeconds(20));
        for (int i = 0; i < 60; i++) {
            throttle.failed("a");
        }
        assertThat(throttle.waitOf("a")).contains(Duration.ofSeconds(40));
        throttle.succeeded("a");
        assertThat(throttle.waitOf("a")).isEmpty();
    }

    @Test
    void one_key_delays_no_other_and_time_ends_a_wait() {
        throttle.failed("a");
        throttle.failed("a");
        assertThat(throttle.waitOf("b")).isEmpty();
        clock.advance(Duration.ofSeconds(10));
        assertThat(throttle.waitOf("a")).isEmpty();
    }

    @Test
    void roles_include_those_below_them_and_an_unknown_role_may_nothing() {
        RoleHierarchy roles = new RoleHierarchy(java.util.List.of("A", "B", "C"));
        assertThat(roles.permissions("B")).containsExactlyInAnyOrder("B", "C");
        assertThat(roles.permissions("D")).isEmpty();
    }
}
