package bulwark.tasks.execution;

import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.lease.InFlight;
import bulwark.tasks.lease.LeasedDelivery;
import bulwark.tasks.lease.VerifiedTask;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs handlers, never more at once than allowed: a run keeps its permit until its handler really ended. Thread-safe. */
public final class TaskExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(TaskExecutor.class);

    private static final Duration MAX_LEASE = Duration.ofDays(1);

    private final Semaphore permits;
    private final Settler settler;
    private final OutcomeHandler outcomeHandler;
    private final TimeLimits limits;
    private final InFlight inFlight;
    private final RunTimeAverage runTimes;
    private final RunningContext.Services services;
    private final BooleanSupplier handingBack;
    private final Clock clock;

    /** @param handingBack true once a shutdown gives back what has not started */
    public TaskExecutor(
            int concurrency,
            Settler settler,
            OutcomeHandler outcomeHandler,
            TimeLimits limits,
            InFlight inFlight,
            RunTimeAverage runTimes,
            RunningContext.Services services,
            BooleanSupplier handingBack,
            Clock clock) {
        // Fair, so that what arrived first starts first.
        this.permits = new Semaphore(concurrency, true);
        this.settler = settler;
        this.outcomeHandler = outcomeHandler;
        this.limits = limits;
        this.inFlight = inFlight;
        this.runTimes = runTimes;
        this.services = services;
        this.handingBack = handingBack;
        this.clock = clock;
    }

    /** Waits for a place, which may take long, and holds it while the start goes on. In a shutdown the message is handed back instead. */
    void whenPlaceIsFree(LeasedDelivery leased, Runnable start) {
        permits.acquireUninterruptibly();
        try {
            if (!handingBack.getAsBoolean()) {
                start.run();
            } else if (leased.claim()) {
                settler.requeueUnchanged(leased, null, null, settled -> {});
            }
        } finally {
            permits.release();
        }
    }

    /** In a place that {@link #whenPlaceIsFree} gave. */
    void run(LeasedDelivery leased, VerifiedTask admitted) {
        VerifiedTask task =
                new VerifiedTask(admitted.delivery(), admitted.handler(), admitted.signed(), clock.instant());
        Duration lease = task.visibilityTimeout();
        if (lease != null) {
            leased.setLease(lease.compareTo(MAX_LEASE) > 0 ? MAX_LEASE : lease);
        }
        RunStart.StartDecision decision =
                settler.begin(leased, services.statuses().running(task)).join();
        if (decision == RunStart.StartDecision.RUN) {
            execute(leased, task);
        } else if (leased.claim()) {
            settleUnlessRunnable(leased, decision);
        }
    }

    /** Ends a claimed message that must not run. @return true when it may */
    boolean settleUnlessRunnable(LeasedDelivery leased, RunStart.StartDecision decision) {
        ReceivedMessage.Delivery delivery = (ReceivedMessage.Delivery) leased.message();
        switch (decision) {
            case RUN -> {}
            case ALREADY_FINISHED -> settler.acknowledge(leased, null, settled -> {});
            case LEASE_LOST -> {
                LOG.info(
                        "The lease was lost before the task started: {}",
                        leased.receipt().token());
                inFlight.remove(leased);
            }
            case REPLAYED -> {
                Map<String, String> meta = Map.of("error", "a task of this id already succeeded");
                String id = delivery.message().envelope().id();
                LOG.warn(
                        "Task {} was replayed and is not run: id={}",
                        delivery.message().envelope().name(),
                        id);
                services.telemetry().refused(delivery.queue(), id, "replayed", meta);
                settler.deadLetter(leased, "replayed", meta, null, true, settled -> {});
            }
        }
        return decision == RunStart.StartDecision.RUN;
    }

    private void execute(LeasedDelivery leased, VerifiedTask task) {
        RunningContext context = new RunningContext(leased, task, services);
        if (!leased.startRun(task)) {
            return;
        }
        services.telemetry().started(task);
        TimeLimits.Watch watch = limits.watch(leased, task);
        Object result = null;
        Throwable thrown = null;
        try {
            // A revocation that came while the start was written has asked for a stop already.
            context.checkpoint();
            result = task.handler().run(context);
        } catch (Throwable e) {
            thrown = e;
        } finally {
            leased.finishRun();
            watch.ended();
        }
        runTimes.record(leased.runNanos());
        if (!leased.claim()) {
            LOG.debug(
                    "Run finished after its lease was lost: {}",
                    leased.receipt().token());
        } else if (leased.stopReason() == LeasedDelivery.StopReason.LEASE_LOST) {
            inFlight.remove(leased);
            services.telemetry().lost(task);
        } else {
            outcomeHandler.settle(leased, task, result, timedOut(leased, thrown), leased.runNanos());
        }
    }

    /** A handler that was interrupted at its limit did not do its work, whatever it made of the interrupt. */
    private static @Nullable Throwable timedOut(LeasedDelivery leased, @Nullable Throwable thrown) {
        boolean softly =
                leased.stopReason() == LeasedDelivery.StopReason.SOFT_LIMIT && thrown instanceof TaskContext.Stopped;
        if (leased.stopReason() != LeasedDelivery.StopReason.HARD_LIMIT && !softly) {
            return thrown;
        }
        TimeoutException timeout = new TimeoutException("the task ran longer than its time limit");
        if (thrown != null) {
            timeout.addSuppressed(thrown);
        }
        return timeout;
    }
}
