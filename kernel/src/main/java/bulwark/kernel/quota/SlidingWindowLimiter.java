package bulwark.kernel.quota;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * At most so many calls of one key in any stretch of time of a given length. Counts sixty slots of it, and one slot more than the stretch has, so that it errs on the strict side by a sixtieth.
 * Bounded: keys without a call in the window are forgotten when there is no room, and new keys share one window when there is none. Thread-safe; never waits for anything but arithmetic.
 */
public final class SlidingWindowLimiter {
    private static final int SLOTS = 60;
    private static final long SWEEP_INTERVAL_NANOS = 1_000_000_000L;

    private final long limit;
    private final long slotNanos;
    private final int maxKeys;
    private final Clock clock;
    private final Map<String, Window> windows = new ConcurrentHashMap<>();
    private final AtomicLong sweptAt = new AtomicLong(Long.MIN_VALUE);

    /** @param limit ≥ 1 @param maxKeys about 350 bytes each */
    public SlidingWindowLimiter(long limit, Duration window, int maxKeys, Clock clock) {
        this.limit = limit;
        this.slotNanos = Math.max(1, window.toNanos() / SLOTS);
        this.maxKeys = maxKeys;
        this.clock = clock;
    }

    /**
     * Whether a call was counted, and what the key is told.
     *
     * @param retryAfterSeconds 0 when it was counted
     */
    public record Verdict(QuotaStatus rateLimit, long retryAfterSeconds) {
        public boolean admitted() {
            return retryAfterSeconds == 0;
        }
    }

    /** Counts a call, if the limit allows it. */
    public Verdict tryAcquire(String key) {
        return window(key).add(slot(), true);
    }

    /** What the key is told without a call. */
    public Verdict peek(String key) {
        Window known = windows.get(key);
        return (known == null ? new Window() : known).add(slot(), false);
    }

    /** Takes one call back that was counted a moment ago, because another limit refused it. */
    public void release(String key) {
        window(key).takeBack();
    }

    private long slot() {
        return Math.floorDiv(Gcra.nanos(clock.instant()), slotNanos);
    }

    private Window window(String key) {
        Window known = windows.get(key);
        if (known != null) {
            return known;
        }
        if (windows.size() >= maxKeys) {
            sweep();
        }
        return windows.computeIfAbsent(windows.size() < maxKeys ? key : PlanQuotas.OVERFLOW, name -> new Window());
    }

    /** Forgets windows without a call, at most once a second: a full table is not read through for each call of a new key. */
    private void sweep() {
        long now = Gcra.nanos(clock.instant());
        long last = sweptAt.get();
        if ((last == Long.MIN_VALUE || Math.abs(now - last) >= SWEEP_INTERVAL_NANOS)
                && sweptAt.compareAndSet(last, now)) {
            long slot = slot();
            windows.values().removeIf(window -> window.idle(slot));
        }
    }

    private final class Window {
        private final long[] counts = new long[SLOTS + 1];
        private long newest = Long.MIN_VALUE;
        private long sum;

        synchronized Verdict add(long slot, boolean count) {
            advance(slot);
            boolean room = sum < limit;
            if (room && count) {
                counts[index(newest)]++;
                sum++;
            }
            long free = sum == 0 ? newest : oldest() + SLOTS + 1;
            long wait = room ? 0 : Math.max(1, Math.ceilDiv((free - newest) * slotNanos, 1_000_000_000L));
            long reset = Math.ceilDiv((sum == 0 ? newest : newest + SLOTS + 1) * slotNanos, 1_000_000_000L);
            return new Verdict(new QuotaStatus(limit, limit - sum, reset), wait);
        }

        synchronized void takeBack() {
            if (sum > 0 && counts[index(newest)] > 0) {
                counts[index(newest)]--;
                sum--;
            }
        }

        /** Removing it loses nothing. */
        synchronized boolean idle(long slot) {
            advance(slot);
            return sum == 0;
        }

        /** A clock that was set back counts into the newest slot. */
        private void advance(long slot) {
            if (newest == Long.MIN_VALUE || slot - newest > SLOTS) {
                java.util.Arrays.fill(counts, 0);
                sum = 0;
                newest = newest == Long.MIN_VALUE ? slot : Math.max(slot, newest);
                return;
            }
            while (newest < slot) {
                newest++;
                sum -= counts[index(newest)];
                counts[index(newest)] = 0;
            }
        }

        private long oldest() {
            long at = newest - SLOTS;
            while (at < newest && counts[index(at)] == 0) {
                at++;
            }
            return at;
        }

        private int index(long slot) {
            return (int) Math.floorMod(slot, SLOTS + 1L);
        }
    }
}
