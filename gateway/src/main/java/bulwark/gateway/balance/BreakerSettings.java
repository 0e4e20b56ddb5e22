package bulwark.gateway.balance;

import java.time.Duration;

/**
 * When a circuit opens and closes.
 *
 * @param failureThreshold failures within the window that open a circuit
 * @param window in which failures count together
 * @param resetTimeout how long a circuit stays open before a probe
 * @param successThreshold probes in a row that close it
 */
public record BreakerSettings(int failureThreshold, Duration window, Duration resetTimeout, int successThreshold) {
    public static final BreakerSettings STANDARD =
            new BreakerSettings(5, Duration.ofSeconds(60), Duration.ofSeconds(30), 2);

    public BreakerSettings {
        if (failureThreshold < 1 || successThreshold < 1) {
            throw new IllegalArgumentException("thresholds of a circuit breaker are at least 1");
        }
    }
}
