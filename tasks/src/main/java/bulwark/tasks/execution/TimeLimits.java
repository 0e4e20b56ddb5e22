package bulwark.tasks.execution;

import bulwark.tasks.events.WorkerEvent;
import bulwark.tasks.lease.LeasedDelivery;
import bulwark.tasks.lease.VerifiedTask;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Soft limits ask, hard limits interrupt. A handler that goes on after that cannot be ended on this platform: its task fails without it, it is counted and logged, and it keeps
 * its permit until it ends. Thread-safe.
 */
public final class TimeLimits {
    private static final Logger LOG = LoggerFactory.getLogger(TimeLimits.class);
    private static final Duration GRACE_TIMEOUT = Duration.ofSeconds(2);
    /** What nanoseconds can count, and then some to spare. */
    private static final Duration MAX_LIMIT = Duration.ofDays(366);

    private final ScheduledThreadPoolExecutor timer;
    private final OutcomeHandler outcomeHandler;
    private final WorkerTelemetry telemetry;
    private final AtomicInteger overrunning = new AtomicInteger();

    public TimeLimits(OutcomeHandler outcomeHandler, WorkerTelemetry telemetry) {
        this.outcomeHandler = outcomeHandler;
        this.telemetry = telemetry;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("stem-limits").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    Watch watch(LeasedDelivery leased, VerifiedTask task) {
        Duration soft = task.softLimit();
        Duration hard = task.hardLimit();
        Watch watch = new Watch(leased, task);
        if (soft != null) {
            watch.soft = schedule(watch::soft, soft);
        }
        if (hard != null) {
            watch.hard = schedule(watch::hard, hard);
        }
        return watch;
    }

    private ScheduledFuture<?> schedule(Runnable step, Duration after) {
        Duration bounded = after.compareTo(MAX_LIMIT) > 0 ? MAX_LIMIT : after;
        return timer.schedule(() -> guarded(step), bounded.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The timer would keep to itself what a step throws, and the limit would be without effect unnoticed. */
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.error("A time limit could not be enforced.", e);
        }
    }

    /** Handlers that go on although their task failed. */
    public int overrunning() {
        return overrunning.get();
    }

    public void stop() {
        timer.shutdownNow();
    }

    /** The limits of one run. */
    final class Watch {
        private final LeasedDelivery leased;
        private final VerifiedTask task;
        private @Nullable ScheduledFuture<?> soft;
        private volatile @Nullable ScheduledFuture<?> hard;
        private boolean hardLimitReached;
        private boolean abandoned;

        private Watch(LeasedDelivery leased, VerifiedTask task) {
            this.leased = leased;
            this.task = task;
        }

        private void soft() {
            leased.requestStop(LeasedDelivery.StopReason.SOFT_LIMIT, false);
            telemetry.event(WorkerEvent.Type.TIMEOUT, task.delivery(), Map.of("level", "soft"));
        }

        private void hard() {
            leased.requestStop(LeasedDelivery.StopReason.HARD_LIMIT, true);
            telemetry.event(WorkerEvent.Type.TIMEOUT, task.delivery(), Map.of("level", "hard"));
            hard = schedule(this::abandon, GRACE_TIMEOUT);
        }

        private void abandon() {
            synchronized (this) {
                if (hardLimitReached || !leased.claim()) {
                    return;
                }
                abandoned = true;
            }
            overrunning.incrementAndGet();
            LOG.error(
                    "Task {} ignores its time limit: it counts as failed, and its thread stays occupied: id={}",
                    task.handler().name(),
                    task.envelope().id());
            Throwable timeout = new TimeoutException("the task ran longer than its time limit and did not stop");
            outcomeHandler.settle(leased, task, null, timeout, leased.runNanos());
        }

        /** The handler ended. */
        void ended() {
            boolean late;
            synchronized (this) {
                hardLimitReached = true;
                late = abandoned;
            }
            cancel(soft);
            cancel(hard);
            if (late) {
                overrunning.decrementAndGet();
            }
        }

        private static void cancel(@Nullable ScheduledFuture<?> timer) {
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }
}
