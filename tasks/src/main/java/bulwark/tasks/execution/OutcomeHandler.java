package bulwark.tasks.execution;

import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.events.WorkerEvent;
import bulwark.tasks.handler.RetryPolicy;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.lease.LeasedDelivery;
import bulwark.tasks.lease.VerifiedTask;
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

/** What follows from how a run ended: success, another run, a dead letter, or the message handed back. Thread-safe. */
public final class OutcomeHandler {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeHandler.class);
    private static final String UNWRITABLE_RESULT = "unwritable-result";
    private static final Duration MAX_COUNTDOWN = Duration.ofDays(366);

    private final Settler settler;
    private final StatusFactory statuses;
    private final EnvelopeSigning signing;
    private final RetryDelay delays;
    private final WorkerTelemetry telemetry;
    private final int maxResultBytes;
    private final Clock clock;

    public OutcomeHandler(
            Settler settler,
            StatusFactory statuses,
            EnvelopeSigning signing,
            RetryDelay delays,
            WorkerTelemetry telemetry,
            int maxResultBytes,
            Clock clock) {
        this.settler = settler;
        this.statuses = statuses;
        this.signing = signing;
        this.delays = delays;
        this.telemetry = telemetry;
        this.maxResultBytes = maxResultBytes;
        this.clock = clock;
    }

    /** @param leased claimed by the caller */
    void settle(
            LeasedDelivery leased, VerifiedTask task, @Nullable Object result, @Nullable Throwable thrown, long nanos) {
        telemetry.of(task).duration().record(nanos, TimeUnit.NANOSECONDS);
        if (thrown == null) {
            succeeded(leased, task, result);
        } else if (leased.stopReason() == LeasedDelivery.StopReason.REVOKED) {
            revoked(leased, task);
        } else if (leased.stopReason() == LeasedDelivery.StopReason.SHUTDOWN_HARD
                || (leased.stopReason() == LeasedDelivery.StopReason.SHUTDOWN_SOFT
                        && thrown instanceof TaskContext.Stopped)) {
            handBack(leased, task);
        } else {
            failed(leased, task, thrown);
        }
    }

    private void succeeded(LeasedDelivery leased, VerifiedTask task, @Nullable Object result) {
        PayloadEncoding.Encoded encoded;
        try {
            encoded = PayloadEncoding.result(result, task.envelope(), maxResultBytes);
        } catch (IllegalArgumentException | StackOverflowError | ConcurrentModificationException e) {
            deadLetter(leased, task, e, UNWRITABLE_RESULT);
            return;
        }
        settler.acknowledge(leased, statuses.succeeded(task, encoded), settled -> {
            if (settled == SettlementBatcher.SettlementResult.LEASE_LOST) {
                telemetry.lost(task);
                return;
            }
            telemetry.succeeded(task);
        });
    }

    private void revoked(LeasedDelivery leased, VerifiedTask task) {
        TaskStatus.TaskError error =
                StatusFactory.error("TaskRevoked", "the task was revoked while it ran", false, Map.of());
        TaskStatus status = statuses.cancelled(task.delivery(), error, meta -> {
            StatusFactory.started(meta, task);
            meta.put("revokedAt", statuses.now());
        });
        settler.acknowledge(leased, status, settled -> {});
        telemetry.cancelled(task.delivery(), task.handler().name(), status);
    }

    /** Not a failure of the task: no retry is counted, and the envelope stays as it was signed. */
    public void handBack(LeasedDelivery leased, VerifiedTask task) {
        TaskStatus status = statuses.of(
                task.delivery(), TaskState.QUEUED, null, null, meta -> meta.put("handedBackAt", statuses.now()));
        settler.requeueUnchanged(leased, null, status, settled -> {});
        LOG.info(
                "Task {} was handed back: id={}",
                task.handler().name(),
                task.envelope().id());
    }

    private void failed(LeasedDelivery leased, VerifiedTask task, Throwable thrown) {
        boolean budget = task.attempt() < task.maxRetries();
        RetryPolicy policy = task.policy();
        if (budget && thrown instanceof TaskContext.RetryRequested asked) {
            retry(leased, task, thrown, capped(asked.countdown()));
        } else if (budget && retryable(policy, thrown)) {
            retry(leased, task, thrown, delays.after(task.attempt(), policy));
        } else {
            deadLetter(leased, task, thrown, "max-retries-exhausted");
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
        String simple = StatusFactory.typeOf(thrown);
        String full = thrown.getClass().getName();
        boolean denied = policy.dontAutoRetryFor().contains(simple)
                || policy.dontAutoRetryFor().contains(full);
        boolean allowed = policy.autoRetryFor().isEmpty()
                || policy.autoRetryFor().contains(simple)
                || policy.autoRetryFor().contains(full);
        return allowed && !denied;
    }

    private void retry(LeasedDelivery leased, VerifiedTask task, Throwable thrown, Duration delay) {
        Instant notBefore = delay.isZero() ? null : clock.instant().plus(delay).truncatedTo(ChronoUnit.MILLIS);
        TaskStatus status =
                statuses.of(task.delivery(), TaskState.RETRIED, null, StatusFactory.error(thrown, true), meta -> {
                    StatusFactory.started(meta, task);
                    meta.put("retryDelayMs", delay.toMillis());
                });
        settler.requeue(leased, nextAttempt(task, notBefore), notBefore, status, settled -> {
            if (settled == SettlementBatcher.SettlementResult.LEASE_LOST) {
                telemetry.lost(task);
                return;
            }
            telemetry.of(task).retried().increment();
            telemetry.event(WorkerEvent.Type.RETRIED, task.delivery(), Map.of("retryDelayMs", delay.toMillis()));
        });
        LOG.info(
                "Task {} failed and is retried in {} ms: id={} attempt={} error={}",
                task.handler().name(),
                delay.toMillis(),
                task.envelope().id(),
                task.attempt(),
                StatusFactory.typeOf(thrown));
    }

    /**
     * The next attempt: signed again where there is a key, so that every reader counts it; else the envelope as it is and the count beside it. An envelope without a signature is
     * simply changed.
     */
    private Message nextAttempt(VerifiedTask task, @Nullable Instant notBefore) {
        Message message = task.delivery().message();
        Envelope envelope = message.envelope();
        int attempt = message.attempt() + 1;
        boolean hasSignature = envelope.headers().containsKey(Envelope.SIGNATURE);
        if (hasSignature && !signing.canSign()) {
            return settler.withAttempt(message, attempt, notBefore);
        }
        Envelope counted = envelope.withAttempt(attempt, task.maxRetries(), notBefore);
        return settler.withAttempt(new Message(signing.signIfAble(counted), message.state()), attempt, notBefore);
    }

    private void deadLetter(LeasedDelivery leased, VerifiedTask task, Throwable thrown, String reason) {
        boolean asked = thrown instanceof TaskContext.RetryRequested;
        TaskStatus.TaskError error = asked
                ? StatusFactory.error("RetryExhausted", "the task asked for a run beyond its last", false, Map.of())
                : StatusFactory.error(thrown, false);
        Map<String, String> meta = new HashMap<>(Map.of("error", error.type() + ": " + error.message()));
        TaskStatus status = statuses.failed(task.delivery(), error, more -> StatusFactory.started(more, task));
        settler.deadLetter(leased, reason, meta, status, true, settled -> {
            if (settled == SettlementBatcher.SettlementResult.LEASE_LOST) {
                telemetry.lost(task);
                return;
            }
            // Evidence waits for a disk, and this thread must not.
            Thread.startVirtualThread(() -> telemetry.refused(
                    task.delivery().queue(), task.envelope().id(), reason, Map.of("error", error.type())));
            telemetry.failed(task, error.type());
        });
        LOG.warn(
                "Task {} failed for good: id={} attempt={} error={}",
                task.handler().name(),
                task.envelope().id(),
                task.attempt(),
                error.type());
    }
}
