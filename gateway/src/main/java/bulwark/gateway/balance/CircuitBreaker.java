package bulwark.gateway.balance;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Stops calls to an upstream that fails. Closed: calls pass, and as many failures within the window as the threshold open it. Open: calls are refused until the reset timeout is over. Half
 * open: one probe at a time, beside which another is let through when the first has no answer in time; enough successes close it, one failure opens it again. A closed breaker takes no lock for a call
 * that succeeds. Goes by a counter and not by the date, which may be set back. Thread-safe.
 */
public final class CircuitBreaker {
    public enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /** What a call may do. */
    public enum Permit {
        PASS,
        /** The one call that tries whether the upstream is well again: its end must be reported. */
        PROBE,
        REFUSED
    }

    /**
     * What is told of a breaker.
     *
     * @param failuresInWindow at most the threshold
     * @param openCount how often it opened
     */
    public record Stats(
            String name,
            State state,
            long successCount,
            long failureCount,
            int failuresInWindow,
            long openCount,
            long rejectedCount) {}

    private final String name;
    private final BreakerSettings settings;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final LongAdder successes = new LongAdder();
    private final LongAdder rejected = new LongAdder();

    /** Times of the last failures in milliseconds, the oldest at {@link #next}; guarded by the lock, as everything below that is not volatile. */
    private final long[] failureTimes;

    private volatile State state = State.CLOSED;
    private volatile boolean used;
    private int next;
    private long failures;
    private long openCount;
    private long openedAt;
    private int probeSuccesses;
    private boolean probing;
    private long probeDeadline;

    /** @param nanos never goes back, from any origin */
    public CircuitBreaker(String name, BreakerSettings settings, LongSupplier nanos) {
        this.name = name;
        this.settings = settings;
        this.nanos = nanos;
        this.failureTimes = new long[settings.failureThreshold()];
        Arrays.fill(failureTimes, Long.MIN_VALUE);
    }

    public String name() {
        return name;
    }

    public State state() {
        return state;
    }

    /** Whether a call would be let through now; takes nothing. */
    public boolean isPassable() {
        if (state == State.CLOSED) {
            return true;
        }
        lock.lock();
        try {
            return switch (state) {
                case CLOSED -> true;
                case OPEN -> retryAfterMillis() <= 0;
                case HALF_OPEN -> !isProbed();
            };
        } finally {
            lock.unlock();
        }
    }

    /** @param probeTimeout in which a probe has its answer; afterwards another call may be one */
    public Permit acquire(Duration probeTimeout) {
        if (state == State.CLOSED) {
            return Permit.PASS;
        }
        lock.lock();
        try {
            if (state == State.CLOSED) {
                return Permit.PASS;
            }
            if (state == State.OPEN && retryAfterMillis() <= 0) {
                state = State.HALF_OPEN;
                probeSuccesses = 0;
                probing = false;
            }
            if (state == State.HALF_OPEN && !isProbed()) {
                probing = true;
                probeDeadline = now() + probeTimeout.toMillis();
                return Permit.PROBE;
            }
        } finally {
            lock.unlock();
        }
        rejected.increment();
        return Permit.REFUSED;
    }

    /** The upstream answered, and the answer shows no fault of its own. */
    public void succeeded(Permit permit) {
        if (!used) {
            used = true;
        }
        successes.increment();
        if (permit != Permit.PROBE) {
            return;
        }
        lock.lock();
        try {
            probing = false;
            if (state == State.HALF_OPEN && ++probeSuccesses >= settings.successThreshold()) {
                close();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The upstream could not be reached, broke HTTP, was too slow, or answered 5xx. */
    public void failed(Permit permit) {
        lock.lock();
        try {
            used = true;
            failures++;
            long now = now();
            failureTimes[next] = now;
            next = (next + 1) % failureTimes.length;
            if (permit == Permit.PROBE && state == State.HALF_OPEN) {
                probing = false;
                open(now);
            } else if (state == State.CLOSED && isInWindow(failureTimes[next], now)) {
                open(now);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The call ended without a word about the upstream: the caller was gone, or nothing was sent. */
    public void released(Permit permit) {
        if (permit == Permit.PROBE) {
            lock.lock();
            try {
                probing = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean isProbed() {
        return probing && now() - probeDeadline < 0;
    }

    /** In milliseconds. */
    private long now() {
        return TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
    }

    private void open(long now) {
        state = State.OPEN;
        openedAt = now;
        openCount++;
    }

    private void close() {
        state = State.CLOSED;
        probing = false;
        Arrays.fill(failureTimes, Long.MIN_VALUE);
    }

    private boolean isInWindow(long time, long now) {
        return time != Long.MIN_VALUE && now - time < settings.window().toMillis();
    }

    /** At least 1; for {@code Retry-After}. */
    public long retryAfterSeconds() {
        lock.lock();
        try {
            return Math.max(1, (retryAfterMillis() + 999) / 1_000);
        } finally {
            lock.unlock();
        }
    }

    private long retryAfterMillis() {
        return openedAt + settings.resetTimeout().toMillis() - now();
    }

    /** Closed again, and nothing of the past counts. @return the state before */
    public State reset() {
        lock.lock();
        try {
            State before = state;
            close();
            return before;
        } finally {
            lock.unlock();
        }
    }

    /** Whether any call was made through it. */
    public boolean isUsed() {
        return used;
    }

    public Stats stats() {
        lock.lock();
        try {
            long now = now();
            int recent = 0;
            for (long time : failureTimes) {
                recent += isInWindow(time, now) ? 1 : 0;
            }
            return new Stats(name, state, successes.sum(), failures, recent, openCount, rejected.sum());
        } finally {
            lock.unlock();
        }
    }
}
