package bulwark.tasks.store;

import java.time.Duration;
import java.time.Instant;

/**
 * The generic cell rate algorithm: one number for each key, the theoretical arrival time. Pure.
 *
 * @param arrival nanoseconds since 1970 to store; unchanged when refused
 */
public record Gcra(long arrival, RateLimiter.Decision decision) {
    /** @param stored what was stored under the key, 0 when nothing */
    public static Gcra acquire(long stored, int limit, Duration per, Instant now) {
        if (limit < 1) {
            return new Gcra(stored, new RateLimiter.Decision(false, per));
        }
        long at = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        long spacing = Math.max(1, per.toNanos() / limit);
        long next = Math.max(stored, at) + spacing;
        long early = next - spacing * limit - at;
        return early > 0
                ? new Gcra(stored, new RateLimiter.Decision(false, Duration.ofNanos(early)))
                : new Gcra(next, new RateLimiter.Decision(true, Duration.ZERO));
    }
}
