package bulwark.kernel.quota;

import java.time.Instant;

/**
 * The generic cell rate algorithm: a token bucket as one number for each key, the moment at which it will be full again, in nanoseconds since 1970 (equal to a
 * bucket with lazy refill). Pure.
 *
 * @param spacing nanoseconds from one token to the next, ≥ 1
 * @param fillTime nanoseconds in which an empty bucket becomes full, ≥ spacing
 */
public record Gcra(long spacing, long fillTime) {
    /**
     * @param fullAt to store under the key
     * @param delay 0 when a token was taken, else nanoseconds until there is one
     */
    public record Step(long fullAt, long delay) {
        public boolean granted() {
            return delay == 0;
        }
    }

    /** @param fullAt what was stored under the key, 0 when nothing */
    public Step acquire(long fullAt, long now) {
        // Later than "empty" is impossible unless the clock was set back: then the bucket counts as empty, not as
        // locked.
        long filling = Math.min(Math.max(fullAt, now), now + fillTime);
        long after = filling + spacing;
        long early = after - now - fillTime;
        return early > 0 ? new Step(filling, early) : new Step(after, 0);
    }

    public static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
