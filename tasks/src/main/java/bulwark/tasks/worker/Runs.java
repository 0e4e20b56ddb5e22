package bulwark.tasks.worker;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.broker.Start;
import bulwark.tasks.handler.TaskContext;
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
final class Runs {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

    private static final long LONGEST_LEASE_MS = Duration.ofDays(1).toMillis();

    private final Semaphore permits;
    private final Endings endings;
    private final Outcomes outcomes;
    private final TimeLimits limits;
    private final Statuses statuses;
    private final Reports reports;
    private final InFlight inFlight;
    private final Pace pace;
    private final RunningContext.Services services;
    private final BooleanSupplier handingBack;
    private final Clock clock;

    /** @param handingBack true once a shutdown gives back what has not started */
    Runs(
            int concurrency,
            Endings endings,
            Outcomes outcomes,
            TimeLimits limits,
            Statuses statuses,
            Reports reports,
            InFlight inFlight,
            Pace pace,
            RunningContext.Services services,
            BooleanSupplier handingBack,
            Clock clock) {
        // Fair, so that what arrived first starts first.
        this.permits = new Semaphore(concurrency, true);
        this.endings = endings;
        this.outcomes = outcomes;
        this.limits = limits;
        this.statuses = statuses;
        this.reports = reports;
        this.inFlight = inFlight;
        this.pace = pace;
        this.services = services;
        this.handingBack = handingBack;
        this.clock = clock;
    }

    void run(Held held, Admitted admitted) {
        permits.acquireUninterruptibly();
        try {
            if (handingBack.getAsBoolean()) {
                if (held.claim()) {
                    endings.verbatim(held, null, null, settled -> {});
                }
                return;
            }
            Admitted task = new Admitted(admitted.delivery(), admitted.handler(), admitted.signed(), clock.instant());
            Long hint = task.envelope().visibilityTimeoutMs();
            if (hint != null && hint > 0) {
                held.keepFor(Duration.ofMillis(Math.min(hint, LONGEST_LEASE_MS)));
            }
            Start.Verdict verdict = endings.begin(held, statuses.running(task)).join();
            if (verdict == Start.Verdict.RUN) {
                execute(held, task);
            } else if (held.claim()) {
                mayRun(held, verdict);
            }
        } finally {
            permits.release();
        }
    }

    /** Ends a claimed entry that must not run. @return true when it may */
    boolean mayRun(Held held, Start.Verdict verdict) {
        Arrival.Delivery delivery = (Arrival.Delivery) held.arrival();
        switch (verdict) {
            case RUN -> {}
            case FINISHED -> endings.done(held, null, settled -> {});
            case LOST -> {
                LOG.info(
                        "An entry was taken over before it started: {}",
                        held.receipt().token());
                inFlight.remove(held);
            }
            case REPLAYED -> {
                Map<String, String> meta = Map.of("error", "a task of this id already succeeded");
                String id = delivery.message().envelope().id();
                LOG.warn(
                        "Task {} was replayed and is not run: id={}",
                        delivery.message().envelope().name(),
                        id);
                reports.refused(delivery.queue(), id, "replayed", meta);
                endings.dead(held, "replayed", meta, null, true, settled -> {});
            }
        }
        return verdict == Start.Verdict.RUN;
    }

    private void execute(Held held, Admitted task) {
        RunningContext context = new RunningContext(held, task, services);
        if (!held.enter(task)) {
            return;
        }
        reports.started(task);
        TimeLimits.Watch watch = limits.watch(held, task);
        Object result = null;
        Throwable thrown = null;
        try {
            result = task.handler().run(context);
        } catch (Throwable e) {
            thrown = e;
        } finally {
            held.leave();
            watch.ended();
        }
        pace.ended(held.runNanos());
        if (!held.claim()) {
            LOG.debug(
                    "Run finished after its lease was lost: {}", held.receipt().token());
        } else if (held.stop() == Held.Stop.LOST) {
            inFlight.remove(held);
            reports.lost(task);
        } else {
            outcomes.end(held, task, result, timedOut(held, thrown), held.runNanos());
        }
    }

    /** A handler that was interrupted at its limit did not do its work, whatever it made of the interrupt. */
    private static @Nullable Throwable timedOut(Held held, @Nullable Throwable thrown) {
        boolean softly = held.stop() == Held.Stop.SOFT_LIMIT && thrown instanceof TaskContext.Stopped;
        if (held.stop() != Held.Stop.HARD_LIMIT && !softly) {
            return thrown;
        }
        TimeoutException timeout = new TimeoutException("the task ran longer than its time limit");
        if (thrown != null) {
            timeout.addSuppressed(thrown);
        }
        return timeout;
    }
}
