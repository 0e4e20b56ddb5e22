package bulwark.tasks.lease;

import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.ReceivedMessage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One message that this worker holds, from its arrival to its settlement. Whoever claims it decides its end, and only one does: the run, the loss of its lease, its time limit, or
 * a shutdown. Thread-safe.
 */
public final class LeasedDelivery {
    /** Why a run was asked to stop; a later one replaces an earlier one of less weight. */
    public enum StopReason {
        NONE,
        SOFT_LIMIT,
        SHUTDOWN_SOFT,
        REVOKED,
        HARD_LIMIT,
        SHUTDOWN_HARD,
        LEASE_LOST
    }

    private volatile ReceivedMessage message;
    private final AtomicLong weight = new AtomicLong();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private volatile StopReason stopReason = StopReason.NONE;
    private volatile long startedNanos;
    private volatile @Nullable VerifiedTask task;
    /** How long a renewal lasts when the task asked for more than the worker's lease. */
    private volatile @Nullable Duration ownLease;

    private volatile long leaseEndsNanos;
    private @Nullable Thread runner;

    public LeasedDelivery(ReceivedMessage message) {
        this.message = message;
    }

    /** It was read, with memory of that many bytes, which is given back when it is held no longer. */
    public void read(ReceivedMessage as, long bytes) {
        message = as;
        weight.set(bytes);
    }

    /** The memory that is to be given back, told to one caller only. */
    public long takeWeight() {
        return weight.getAndSet(0);
    }

    public ReceivedMessage message() {
        return message;
    }

    public Receipt receipt() {
        return message.receipt();
    }

    /** True for exactly one caller. */
    public boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    public boolean claimed() {
        return claimed.get();
    }

    public StopReason stopReason() {
        return stopReason;
    }

    /** @param interrupt also interrupts the handler if it runs */
    public void requestStop(StopReason reason, boolean interrupt) {
        synchronized (this) {
            if (reason.compareTo(stopReason) > 0) {
                stopReason = reason;
            }
            if (interrupt && runner != null) {
                runner.interrupt();
            }
        }
    }

    /** @return false when somebody else has decided the end: do not run */
    public boolean startRun(VerifiedTask running) {
        startedNanos = System.nanoTime();
        synchronized (this) {
            if (claimed.get()) {
                return false;
            }
            task = running;
            runner = Thread.currentThread();
            return true;
        }
    }

    /** Claims it unless its handler runs or ran. */
    public boolean claimIdle() {
        synchronized (this) {
            return task == null && claim();
        }
    }

    /** After it no interrupt of ours can hit the thread, and none is left pending. */
    public void finishRun() {
        synchronized (this) {
            runner = null;
        }
        Thread.interrupted();
    }

    /** The task while its handler runs or ran; null before. */
    @Nullable
    public VerifiedTask running() {
        return task;
    }

    public long runNanos() {
        return System.nanoTime() - startedNanos;
    }

    Duration lease(Duration standard) {
        Duration own = ownLease;
        return own == null || own.compareTo(standard) < 0 ? standard : own;
    }

    public void setLease(Duration lease) {
        ownLease = lease;
    }

    /** A renewal must not shorten what {@code extendLease} got. */
    boolean leaseReaches(Duration lease) {
        return leaseEndsNanos - System.nanoTime() > lease.toNanos();
    }

    public void extended(Duration by) {
        leaseEndsNanos = System.nanoTime() + by.toNanos();
    }
}
