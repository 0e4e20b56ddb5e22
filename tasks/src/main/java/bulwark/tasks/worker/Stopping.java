package bulwark.tasks.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A shutdown in its stages, each with an end: warm lets tasks finish, soft asks them to stop, hard interrupts them and hands their entries back. Thread-safe. */
final class Stopping {
    private static final Logger LOG = LoggerFactory.getLogger(Stopping.class);
    private static final long LOOK_MS = 10;

    private final WorkerSettings settings;
    private final InFlight inFlight;
    private final Endings endings;
    private final Outcomes outcomes;
    private final AtomicReference<Worker.@Nullable Mode> asked = new AtomicReference<>();
    private final AtomicBoolean handingBack = new AtomicBoolean();
    private final Semaphore louder = new Semaphore(0);
    private final CountDownLatch stopped = new CountDownLatch(1);

    Stopping(WorkerSettings settings, InFlight inFlight, Endings endings, Outcomes outcomes) {
        this.settings = settings;
        this.inFlight = inFlight;
        this.endings = endings;
        this.outcomes = outcomes;
    }

    /** What has not started goes back. */
    boolean handingBack() {
        return handingBack.get();
    }

    boolean asked() {
        return asked.get() != null;
    }

    /** A louder request goes before a quieter one. @return what was asked before, or null */
    Worker.@Nullable Mode ask(Worker.Mode mode) {
        Worker.Mode before = asked.getAndUpdate(old -> old == null || old.compareTo(mode) < 0 ? mode : old);
        louder.release();
        return before;
    }

    /** @return false when the time is over */
    boolean await(Duration most) throws InterruptedException {
        return stopped.await(most.toNanos(), TimeUnit.NANOSECONDS);
    }

    void ended() {
        stopped.countDown();
    }

    /** Returns when nothing is held any more, or when everything was tried. */
    void drain() throws InterruptedException {
        if (waitFor(Worker.Mode.WARM, settings.shutdown().warm())) {
            return;
        }
        LOG.info("Stopping softly; {} entries are held.", inFlight.size());
        handingBack.set(true);
        inFlight.running().forEach(held -> held.ask(Held.Stop.SHUTDOWN_SOFT, false));
        handBackIdle();
        if (waitFor(Worker.Mode.SOFT, settings.shutdown().soft())) {
            return;
        }
        LOG.warn("Stopping hard; {} entries are held.", inFlight.size());
        inFlight.running().forEach(held -> held.ask(Held.Stop.SHUTDOWN_HARD, true));
        if (waitFor(Worker.Mode.HARD, settings.shutdown().force())) {
            return;
        }
        for (Held held : inFlight.running()) {
            Admitted task = held.running();
            if (task != null && held.claim()) {
                LOG.error(
                        "Task {} ignores the shutdown; its entry goes back while it still runs: id={}",
                        task.handler().name(),
                        task.envelope().id());
                outcomes.handBack(held, task);
            }
        }
        handBackIdle();
    }

    private void handBackIdle() {
        for (Held held : inFlight.all()) {
            if (held.arrival() instanceof bulwark.tasks.broker.Arrival.Delivery && held.claimIdle()) {
                endings.verbatim(held, null, null, settled -> {});
            }
        }
    }

    /** @return true when nothing is held any more; false when the stage is over, by time or because a louder one was asked */
    private boolean waitFor(Worker.Mode stage, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (inFlight.size() > 0) {
            Worker.Mode now = asked.get();
            if ((now != null && now.compareTo(stage) > 0) || System.nanoTime() > end) {
                return false;
            }
            louder.tryAcquire(LOOK_MS, TimeUnit.MILLISECONDS);
        }
        return true;
    }
}
