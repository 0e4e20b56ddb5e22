package bulwark.tasks.worker;

import bulwark.tasks.execution.OutcomeHandler;
import bulwark.tasks.execution.Settler;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.lease.InFlight;
import bulwark.tasks.lease.LeasedDelivery;
import bulwark.tasks.lease.VerifiedTask;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A shutdown in its stages, each with an end: warm lets tasks finish, soft asks them to stop, hard interrupts them and hands their messages back. Thread-safe. */
final class ShutdownSequence {
    private static final Logger LOG = LoggerFactory.getLogger(ShutdownSequence.class);
    private static final long POLL_INTERVAL_MS = 10;

    private final WorkerSettings settings;
    private final InFlight inFlight;
    private final Settler settler;
    private final OutcomeHandler outcomeHandler;
    private final AtomicReference<Worker.@Nullable Mode> requested = new AtomicReference<>();
    private final AtomicBoolean handingBack = new AtomicBoolean();
    private final Semaphore escalated = new Semaphore(0);
    private final CountDownLatch stopped = new CountDownLatch(1);

    ShutdownSequence(WorkerSettings settings, InFlight inFlight, Settler settler, OutcomeHandler outcomeHandler) {
        this.settings = settings;
        this.inFlight = inFlight;
        this.settler = settler;
        this.outcomeHandler = outcomeHandler;
    }

    /** What has not started goes back. */
    boolean handingBack() {
        return handingBack.get();
    }

    boolean requested() {
        return requested.get() != null;
    }

    /** A louder request goes before a quieter one. @return what was asked before, or null */
    Worker.@Nullable Mode request(Worker.Mode mode) {
        Worker.Mode before = requested.getAndUpdate(old -> old == null || old.compareTo(mode) < 0 ? mode : old);
        escalated.release();
        return before;
    }

    /** @return false when the time is over */
    boolean await(Duration most) throws InterruptedException {
        return stopped.await(most.toNanos(), TimeUnit.NANOSECONDS);
    }

    void markStopped() {
        stopped.countDown();
    }

    /** Returns when nothing is held any more, or when everything was tried. */
    void drain() throws InterruptedException {
        if (waitFor(Worker.Mode.WARM, settings.shutdown().warm())) {
            return;
        }
        LOG.info("Stopping softly; {} entries are held.", inFlight.size());
        handingBack.set(true);
        inFlight.running().forEach(leased -> leased.requestStop(LeasedDelivery.StopReason.SHUTDOWN_SOFT, false));
        handBackIdle();
        if (waitFor(Worker.Mode.SOFT, settings.shutdown().soft())) {
            return;
        }
        LOG.warn("Stopping hard; {} entries are held.", inFlight.size());
        inFlight.running().forEach(leased -> leased.requestStop(LeasedDelivery.StopReason.SHUTDOWN_HARD, true));
        if (waitFor(Worker.Mode.HARD, settings.shutdown().force())) {
            return;
        }
        for (LeasedDelivery leased : inFlight.running()) {
            VerifiedTask task = leased.running();
            if (task != null && leased.claim()) {
                LOG.error(
                        "Task {} ignores the shutdown; its entry goes back while it still runs: id={}",
                        task.handler().name(),
                        task.envelope().id());
                outcomeHandler.handBack(leased, task);
            }
        }
        handBackIdle();
    }

    private void handBackIdle() {
        for (LeasedDelivery leased : inFlight.all()) {
            if (leased.message() instanceof bulwark.tasks.broker.ReceivedMessage.Delivery && leased.claimIdle()) {
                settler.requeueUnchanged(leased, null, null, settled -> {});
            }
        }
    }

    /** @return true when nothing is held any more; false when the stage is over, by time or because a louder one was asked */
    private boolean waitFor(Worker.Mode stage, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (inFlight.size() > 0) {
            Worker.Mode now = requested.get();
            if ((now != null && now.compareTo(stage) > 0) || System.nanoTime() > end) {
                return false;
            }
            escalated.tryAcquire(POLL_INTERVAL_MS, TimeUnit.MILLISECONDS);
        }
        return true;
    }
}
