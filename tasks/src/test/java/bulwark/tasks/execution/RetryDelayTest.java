package bulwark.tasks.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.handler.RetryPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryDelayTest {
    private final RetryDelay delays = new RetryDelay(new Random(11));

    private static RetryPolicy policy(String json) {
        return RetryPolicy.ofJson(StrictJson.parse(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void without_a_policy_delays_double_from_two_seconds_to_five_minutes_less_up_to_a_quarter() {
        for (int attempt = 0; attempt < 200; attempt++) {
            long raw = attempt > 7 ? 300_000 : 2_000L << attempt;
            assertThat(delays.after(attempt, null)).isBetween(Duration.ofMillis(raw * 3 / 4), Duration.ofMillis(raw));
        }
    }

    @Test
    void a_policy_without_backoff_waits_its_delay() {
        assertThat(delays.after(9, policy("{\"defaultDelayMs\":700}"))).hasMillis(700);
        assertThat(delays.after(9, policy("{}"))).isZero();
    }

    @Test
    void a_policy_with_backoff_doubles_up_to_its_maximum() {
        RetryPolicy policy = policy("{\"backoff\":true,\"jitter\":false,\"defaultDelayMs\":100,\"backoffMaxMs\":1000}");
        assertThat(List.of(0, 1, 2, 3, 4, 60))
                .extracting(attempt -> delays.after(attempt, policy).toMillis())
                .containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L);
        assertThat(delays.after(3, policy("{\"backoff\":true,\"jitter\":false,\"backoffMaxMs\":500}")))
                .hasMillis(500);
    }

    @Test
    void an_invalid_policy_is_ignored() {
        RetryPolicy policy = policy(
                "{\"backoff\":true,\"defaultDelayMs\":1e300,\"maxRetries\":\"x\",\"autoRetryFor\":{},\"backoffMaxMs\":-5}");
        assertThat(policy.maxRetries()).isNull();
        assertThat(delays.after(1_000_000, policy)).isBetween(Duration.ZERO, Duration.ofDays(31));
        assertThat(RetryPolicy.ofJson(StrictJson.parse("[]".getBytes(StandardCharsets.UTF_8))))
                .isNull();
    }

    @Test
    void rates_read_as_documented() {
        assertThat(RateLimit.of("10/m")).contains(new RateLimit(10, Duration.ofMinutes(1)));
        assertThat(RateLimit.of(null)).isEmpty();
        assertThatThrownBy(() -> RateLimit.of("10 per minute")).hasMessageContaining("N/s");
    }
}
