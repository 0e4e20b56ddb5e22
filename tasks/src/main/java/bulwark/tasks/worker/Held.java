package bulwark.tasks.worker;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.broker.Receipt;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One entry that this worker holds, from its arrival to its settlement. Whoever claims it decides its end, and only one does: the run, the loss of its lease, its time limit, or
 * a shutdown. Thread-safe.
 */
final class Held {
    /** Why a run was asked to stop; a later one replaces an earlier one of less weight. */
    enum Stop {
        NONE,
        SOFT_LIMIT,
        SHUTDOWN_SOFT,
        REVOKED,
        HARD_LIMIT,
        SHUTDOWN_HARD,
        LOST
    }

    private volatile Arrival arrival;
    private final AtomicLong weight = new AtomicLong();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private volatile Stop stop = Stop.NONE;
    private volatile long startedNanos;
    private volatile @Nullable Admitted admitted;
    /** How long a renewal lasts when the task asked for more than the worker's lease. */
    private volatile @Nullable Duration ownLease;

    private volatile long leaseEndsNanos;
    private @Nullable Thread runner;

    Held(Arrival arrival) {
        this.arrival = arrival;
    }

    /** It was read, with memory of that many bytes, which is given back when it is held no longer. */
    void read(Arrival as, long bytes) {
        arrival = as;
        weight.set(bytes);
    }

    /** The memory that is to be given back, told to one caller only. */
    long takeWeight() {
        return weight.getAndSet(0);
    }

    Arrival arrival() {
        return arrival;
    }

    Receipt receipt() {
        return arrival.receipt();
    }

    /** True for exactly one caller. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    boolean claimed() {
        return claimed.get();
    }

    Stop stop() {
        return stop;
    }

    /** @param interrupt also interrupts the handler if it runs */
    void ask(Stop reason, boolean interrupt) {
        synchronized (this) {
            if (reason.compareTo(stop) > 0) {
                stop = reason;
            }
            if (interrupt && runner != null) {
                runner.interrupt();
            }
        }
    }

    /** @return false when somebody else has decided the end: do not run */
    boolean enter(Admitted running) {
        startedNanos = System.nanoTime();
        synchronized (this) {
            if (claimed.get()) {
                return false;
            }
            admitted = running;
            runner = Thread.currentThread();
            return true;
        }
    }

    /** Claims it unless its handler runs or ran. */
    boolean claimIdle() {
        synchronized (this) {
            return admitted == null && claim();
        }
    }

    /** After it no interrupt of ours can hit the thread, and none is left pending. */
    void leave() {
        synchronized (this) {
            runner = null;
        }
        Thread.interrupted();
    }

    /** The task while its handler runs or ran; null before. */
    @Nullable
    Admitted running() {
        return admitted;
    }

    long runNanos() {
        return System.nanoTime() - startedNanos;
    }

    Duration lease(Duration standard) {
        Duration own = ownLease;
        return own == null || own.compareTo(standard) < 0 ? standard : own;
    }

    void keepFor(Duration lease) {
        ownLease = lease;
    }

    /** A renewal must not shorten what {@code extendLease} got. */
    boolean leaseReaches(Duration lease) {
        return leaseEndsNanos - System.nanoTime() > lease.toNanos();
    }

    void extended(Duration by) {
        leaseEndsNanos = System.nanoTime() + by.toNanos();
    }
}
