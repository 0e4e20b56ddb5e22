package bulwark.tasks.worker;

import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.events.WorkerEvent;
import bulwark.tasks.handler.RetryPolicy;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.signing.EnvelopeSigning;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows from how a run ended: success, another run, a dead letter, or the entry handed back. Thread-safe. */
final class Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);
    private static final String UNWRITABLE_RESULT = "unwritable-result";
    private static final Duration MAX_COUNTDOWN = Duration.ofDays(366);

    private final Endings endings;
    private final Statuses statuses;
    private final EnvelopeSigning signing;
    private final RetryDelay delays;
    private final Reports reports;
    private final int maxResultBytes;
    private final Clock clock;

    Outcomes(
            Endings endings,
            Statuses statuses,
            EnvelopeSigning signing,
            RetryDelay delays,
            Reports reports,
            int maxResultBytes,
            Clock clock) {
        this.endings = endings;
        this.statuses = statuses;
        this.signing = signing;
        this.delays = delays;
        this.reports = reports;
        this.maxResultBytes = maxResultBytes;
        this.clock = clock;
    }

    /** @param held claimed by the caller */
    void end(Held held, Admitted task, @Nullable Object result, @Nullable Throwable thrown, long nanos) {
        reports.of(task).duration().record(nanos, TimeUnit.NANOSECONDS);
        if (thrown == null) {
            succeeded(held, task, result);
        } else if (held.stop() == Held.Stop.REVOKED) {
            revoked(held, task);
        } else if (held.stop() == Held.Stop.SHUTDOWN_HARD
                || (held.stop() == Held.Stop.SHUTDOWN_SOFT && thrown instanceof TaskContext.Stopped)) {
            handBack(held, task);
        } else {
            failed(held, task, thrown);
        }
    }

    private void succeeded(Held held, Admitted task, @Nullable Object result) {
        Payloads.Encoded encoded;
        try {
            encoded = Payloads.result(result, task.envelope(), maxResultBytes);
        } catch (IllegalArgumentException | StackOverflowError | ConcurrentModificationException e) {
            dead(held, task, e, UNWRITABLE_RESULT);
            return;
        }
        endings.done(held, statuses.succeeded(task, encoded), settled -> {
            if (settled == Ledger.Settled.LOST) {
                reports.lost(task);
                return;
            }
            reports.succeeded(task);
        });
    }

    private void revoked(Held held, Admitted task) {
        TaskStatus.TaskError error =
                Statuses.error("TaskRevoked", "the task was revoked while it ran", false, Map.of());
        TaskStatus status = statuses.cancelled(task.delivery(), error, meta -> {
            Statuses.started(meta, task);
            meta.put("revokedAt", statuses.now());
        });
        endings.done(held, status, settled -> {});
        reports.cancelled(task.delivery(), task.handler().name(), status);
    }

    /** Not a failure of the task: no retry is counted, and the envelope stays as it was signed. */
    void handBack(Held held, Admitted task) {
        TaskStatus status = statuses.of(
                task.delivery(), TaskState.QUEUED, null, null, meta -> meta.put("handedBackAt", statuses.now()));
        endings.verbatim(held, null, status, settled -> {});
        LOG.info(
                "Task {} was handed back: id={}",
                task.handler().name(),
                task.envelope().id());
    }

    private void failed(Held held, Admitted task, Throwable thrown) {
        boolean budget = task.attempt() < task.maxRetries();
        RetryPolicy policy = task.policy();
        if (budget && thrown instanceof TaskContext.RetryRequested asked) {
            retry(held, task, thrown, capped(asked.countdown()));
        } else if (budget && retryable(policy, thrown)) {
            retry(held, task, thrown, delays.after(task.attempt(), policy));
        } else {
            dead(held, task, thrown, "max-retries-exhausted");
        }
    }

    private static Duration capped(Duration countdown) {
        return countdown.compareTo(MAX_COUNTDOWN) > 0 ? MAX_COUNTDOWN : countdown;
    }

    /** Deny goes before allow; no names allow all. */
    private static boolean retryable(@Nullable RetryPolicy policy, Throwable thrown) {
        if (policy == null) {
            return true;
        }
        String simple = Statuses.typeOf(thrown);
        String full = thrown.getClass().getName();
        boolean denied = policy.dontAutoRetryFor().contains(simple)
                || policy.dontAutoRetryFor().contains(full);
        boolean allowed = policy.autoRetryFor().isEmpty()
                || policy.autoRetryFor().contains(simple)
                || policy.autoRetryFor().contains(full);
        return allowed && !denied;
    }

    private void retry(Held held, Admitted task, Throwable thrown, Duration delay) {
        Instant notBefore = delay.isZero() ? null : clock.instant().plus(delay).truncatedTo(ChronoUnit.MILLIS);
        TaskStatus status =
                statuses.of(task.delivery(), TaskState.RETRIED, null, Statuses.error(thrown, true), meta -> {
                    Statuses.started(meta, task);
                    meta.put("retryDelayMs", delay.toMillis());
                });
        endings.again(held, next(task, notBefore), notBefore, status, settled -> {
            if (settled == Ledger.Settled.LOST) {
                reports.lost(task);
                return;
            }
            reports.of(task).retried().increment();
            reports.event(WorkerEvent.Type.RETRIED, task.delivery(), Map.of("retryDelayMs", delay.toMillis()));
        });
        LOG.info(
                "Task {} failed and is retried in {} ms: id={} attempt={} error={}",
                task.handler().name(),
                delay.toMillis(),
                task.envelope().id(),
                task.attempt(),
                Statuses.typeOf(thrown));
    }

    /**
     * The next attempt: signed again where there is a key, so that every reader counts it; else the envelope as it is and the count beside it. An envelope without a signature is
     * simply changed.
     */
    private Message next(Admitted task, @Nullable Instant notBefore) {
        Message message = task.delivery().message();
        Envelope envelope = message.envelope();
        int attempt = message.attempt() + 1;
        boolean hasSignature = envelope.headers().containsKey(Envelope.SIGNATURE);
        if (hasSignature && !signing.canSign()) {
            return endings.counted(message, attempt, notBefore);
        }
        Envelope counted = new Envelope(
                envelope.id(),
                envelope.name(),
                envelope.args(),
                envelope.headers(),
                envelope.enqueuedAt(),
                notBefore,
                envelope.priority(),
                attempt,
                task.maxRetries(),
                envelope.visibilityTimeoutMs(),
                envelope.queue(),
                envelope.meta());
        return endings.counted(new Message(signing.signIfAble(counted), message.state()), attempt, notBefore);
    }

    private void dead(Held held, Admitted task, Throwable thrown, String reason) {
        boolean asked = thrown instanceof TaskContext.RetryRequested;
        TaskStatus.TaskError error = asked
                ? Statuses.error("RetryExhausted", "the task asked for a run beyond its last", false, Map.of())
                : Statuses.error(thrown, false);
        Map<String, String> meta = new HashMap<>(Map.of("error", error.type() + ": " + error.message()));
        TaskStatus status = statuses.failed(task.delivery(), error, more -> Statuses.started(more, task));
        endings.dead(held, reason, meta, status, true, settled -> {
            if (settled == Ledger.Settled.LOST) {
                reports.lost(task);
                return;
            }
            // Evidence waits for a disk, and this thread must not.
            Thread.startVirtualThread(() -> reports.refused(
                    task.delivery().queue(), task.envelope().id(), reason, Map.of("error", error.type())));
            reports.failed(task, error.type());
        });
        LOG.warn(
                "Task {} failed for good: id={} attempt={} error={}",
                task.handler().name(),
                task.envelope().id(),
                task.attempt(),
                error.type());
    }
}
