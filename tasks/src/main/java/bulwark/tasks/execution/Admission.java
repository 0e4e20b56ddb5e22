package bulwark.tasks.execution;

import bulwark.kernel.error.PrintableText;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.StartLimit;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.handler.HandlerRegistry;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.lease.VerifiedTask;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.store.Revocation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The checks before a task runs, the signature first: it covers bytes that are made of the text itself, and neither the arguments nor the meta become a tree before it holds. Thread-safe.
 */
public final class Admission {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final EnvelopeSigning signing;
    private final HandlerRegistry handlers;
    private final RevokedTasks revoked;
    private final RateLimits rates;
    private final StatusFactory statuses;
    private final int maxDeliveries;
    private final Clock clock;

    public Admission(
            EnvelopeSigning signing,
            HandlerRegistry handlers,
            RevokedTasks revoked,
            RateLimits rates,
            StatusFactory statuses,
            int maxDeliveries,
            Clock clock) {
        this.signing = signing;
        this.handlers = handlers;
        this.revoked = revoked;
        this.rates = rates;
        this.statuses = statuses;
        this.maxDeliveries = maxDeliveries;
        this.clock = clock;
    }

    AdmissionDecision decide(ReceivedMessage.Delivery delivery) {
        if (delivery.receipt().delivery() > maxDeliveries) {
            return poison(delivery);
        }
        Envelope envelope = delivery.message().envelope();
        EnvelopeSigning.Verdict verdict = signing.verify(envelope);
        if (verdict instanceof EnvelopeSigning.Verdict.Invalid invalid) {
            return signatureInvalid(delivery, invalid);
        }
        if (!envelope.queue().equals(delivery.queue())) {
            return rejectUnverified(delivery, "queue-mismatch", "QueueMismatch", "the envelope is for another queue");
        }
        boolean signed = verdict instanceof EnvelopeSigning.Verdict.Valid;
        TaskHandler handler = handlers.find(envelope.name());
        if (handler == null) {
            return reject(
                    delivery,
                    "unregistered-task",
                    "UnregisteredTask",
                    "no handler has this name",
                    TaskMetrics.UNKNOWN_TASK);
        }
        if (!signed && handler.signedOnly()) {
            return rejectUnverified(
                    delivery, "unsigned-exec", "UnsignedExec", "this task runs for signed envelopes only");
        }
        try {
            envelope.checkTimeLimits();
        } catch (EnvelopeRefused e) {
            return reject(delivery, "malformed-envelope", "MalformedEnvelope", e.getMessage(), handler.name());
        }
        return decideSigned(new VerifiedTask(delivery, handler, signed, clock.instant()));
    }

    private AdmissionDecision poison(ReceivedMessage.Delivery delivery) {
        long deaths = delivery.receipt().delivery() - 1;
        String sentence = "its holder died " + deaths + (deaths == 1 ? " time" : " times")
                + "; STEM_MAX_DELIVERIES allows " + maxDeliveries;
        List<Map<String, Object>> evidence = delivery.deaths().stream()
                .map(death -> Map.<String, Object>of(
                        "delivery",
                        death.delivery(),
                        "worker",
                        PrintableText.of(death.worker()),
                        "at",
                        DartTimestamps.of(death.at())))
                .toList();
        boolean vouched = !(signing.verify(delivery.message().envelope()) instanceof EnvelopeSigning.Verdict.Invalid);
        TaskStatus.TaskError error = StatusFactory.error("Poison", sentence, false, Map.of());
        TaskStatus status = vouched
                ? statuses.failed(delivery, error, meta -> {})
                : statuses.failedUnverified(delivery, error, meta -> {});
        return new AdmissionDecision.Poison(
                Map.of("error", sentence, "deaths", evidence), status, vouched, label(delivery));
    }

    private AdmissionDecision decideSigned(VerifiedTask task) {
        AdmissionDecision standing = standing(task);
        if (!(standing instanceof AdmissionDecision.Run)) {
            return standing;
        }
        try {
            PayloadEncoding.args(task.envelope());
        } catch (IllegalArgumentException e) {
            return reject(
                    task.delivery(),
                    "args-undecodable",
                    "ArgsUndecodable",
                    e.getMessage(),
                    task.handler().name());
        }
        List<StartLimit> limits = task.delivery().limitsPassed() ? List.of() : rates.of(task);
        if (limits.isEmpty()) {
            return new AdmissionDecision.Run(task);
        }
        return task.delivery().broadcast()
                ? rates.delay(task, limits)
                        .<AdmissionDecision>map(delay ->
                                new AdmissionDecision.Postpone(clock.instant().plus(delay)))
                        .orElseGet(() -> new AdmissionDecision.Run(task))
                : new AdmissionDecision.RunWithin(task, limits);
    }

    /** What a task does whose limits could not be asked. */
    AdmissionDecision limitsUnknown(VerifiedTask task, RuntimeException failure) {
        return rates.failsOpen(task, failure)
                ? new AdmissionDecision.Run(task)
                : new AdmissionDecision.Postpone(clock.instant().plus(RateLimits.FAILURE_RETRY_DELAY));
    }

    /** Whether it may still start: not revoked, not expired, its queue not paused. Asked again when a place is free, for which it may have waited long. */
    AdmissionDecision standing(VerifiedTask task) {
        Optional<Revocation> revocation = revoked.of(task.envelope().id());
        if (revocation.isPresent()) {
            return new AdmissionDecision.Cancel(
                    revokedStatus(task, revocation.get().reason()),
                    task.handler().name());
        }
        AdmissionDecision expired = expired(task);
        if (expired != null) {
            return expired;
        }
        return revoked.paused(task.delivery().queue())
                ? new AdmissionDecision.Postpone(clock.instant().plus(PAUSE))
                : new AdmissionDecision.Run(task);
    }

    private TaskStatus revokedStatus(VerifiedTask task, @Nullable String reason) {
        TaskStatus.TaskError error =
                StatusFactory.error("TaskRevoked", reason == null ? "the task was revoked" : reason, false, Map.of());
        return statuses.cancelled(task.delivery(), error, meta -> meta.put("revokedAt", statuses.now()));
    }

    private @Nullable AdmissionDecision expired(VerifiedTask task) {
        String text = task.envelope().meta().path("stem.expiresAt").asString("");
        Instant expiry = text.isEmpty() ? null : DartTimestamps.parse(text).orElse(null);
        if (expiry == null || expiry.isAfter(clock.instant())) {
            return null;
        }
        TaskStatus.TaskError error =
                StatusFactory.error("TaskExpired", "the task expired before it could start", false, Map.of());
        return new AdmissionDecision.Cancel(
                statuses.cancelled(task.delivery(), error, meta -> meta.put("expiredAt", DartTimestamps.of(expiry))),
                task.handler().name());
    }

    private AdmissionDecision signatureInvalid(
            ReceivedMessage.Delivery delivery, EnvelopeSigning.Verdict.Invalid invalid) {
        Map<String, String> meta = new HashMap<>(Map.of("error", invalid.reason()));
        Map<String, String> errorMeta = new HashMap<>(Map.of("reason", invalid.reason()));
        String keyId = invalid.keyId();
        if (keyId != null) {
            meta.put("keyId", PrintableText.of(keyId));
            errorMeta.put("keyId", PrintableText.of(keyId));
        }
        String message = "SignatureVerificationException(" + (keyId == null ? "unknown" : PrintableText.of(keyId))
                + "): " + invalid.reason();
        TaskStatus.TaskError error = StatusFactory.error("SignatureVerificationException", message, false, errorMeta);
        TaskStatus status =
                statuses.failedUnverified(delivery, error, more -> more.put("security", "signature-invalid"));
        return new AdmissionDecision.Reject("signature-invalid", meta, status, false, label(delivery));
    }

    private AdmissionDecision rejectUnverified(
            ReceivedMessage.Delivery delivery, String reason, String type, String message) {
        TaskStatus.TaskError error = StatusFactory.error(type, message, false, Map.of());
        TaskStatus status = statuses.failedUnverified(delivery, error, meta -> meta.put("security", reason));
        return new AdmissionDecision.Reject(reason, Map.of("error", message), status, false, label(delivery));
    }

    private AdmissionDecision reject(
            ReceivedMessage.Delivery delivery, String reason, String type, @Nullable String message, String task) {
        String text = message == null ? type : message;
        TaskStatus status = statuses.failed(delivery, StatusFactory.error(type, text, false, Map.of()), meta -> {});
        return new AdmissionDecision.Reject(reason, Map.of("error", text), status, true, task);
    }

    /** Strangers choose names, so only known ones become labels. */
    private String label(ReceivedMessage.Delivery delivery) {
        String name = delivery.message().envelope().name();
        return handlers.find(name) == null ? TaskMetrics.UNKNOWN_TASK : name;
    }
}
