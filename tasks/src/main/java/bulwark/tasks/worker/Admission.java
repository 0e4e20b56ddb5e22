package bulwark.tasks.worker;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.handler.Handlers;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.revocations.Revocation;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.time.TimeText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The checks before a task runs, the signature first: nothing else looks at an envelope that nobody vouches for. Thread-safe. */
final class Admission {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final EnvelopeSigning signing;
    private final Handlers handlers;
    private final RevokedTasks revoked;
    private final RateLimits rates;
    private final Statuses statuses;
    private final int maxDeliveries;
    private final Clock clock;

    Admission(
            EnvelopeSigning signing,
            Handlers handlers,
            RevokedTasks revoked,
            RateLimits rates,
            Statuses statuses,
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

    Decision decide(Arrival.Delivery delivery) {
        if (delivery.receipt().delivery() > maxDeliveries) {
            return poison(delivery);
        }
        Envelope envelope = delivery.message().envelope();
        EnvelopeSigning.Verdict verdict = signing.verify(envelope);
        if (verdict instanceof EnvelopeSigning.Verdict.Invalid invalid) {
            return signatureInvalid(delivery, invalid);
        }
        if (!envelope.queue().equals(delivery.queue())) {
            return unvouched(delivery, "queue-mismatch", "QueueMismatch", "the envelope is for another queue");
        }
        boolean signed = verdict instanceof EnvelopeSigning.Verdict.Valid;
        TaskHandler handler = handlers.find(envelope.name());
        if (handler == null) {
            return dead(
                    delivery, "unregistered-task", "UnregisteredTask", "no handler has this name", Meters.UNKNOWN_TASK);
        }
        if (!signed && handler.signedOnly()) {
            return unvouched(delivery, "unsigned-exec", "UnsignedExec", "this task runs for signed envelopes only");
        }
        return decideSigned(new Admitted(delivery, handler, signed, clock.instant()));
    }

    private Decision poison(Arrival.Delivery delivery) {
        long deaths = delivery.receipt().delivery() - 1;
        String sentence = "its holder died " + deaths + (deaths == 1 ? " time" : " times")
                + "; STEM_MAX_DELIVERIES allows " + maxDeliveries;
        List<Map<String, Object>> evidence = delivery.deaths().stream()
                .map(death -> Map.<String, Object>of(
                        "delivery",
                        death.delivery(),
                        "worker",
                        Shown.of(death.worker()),
                        "at",
                        TimeText.of(death.at())))
                .toList();
        boolean vouched = !(signing.verify(delivery.message().envelope()) instanceof EnvelopeSigning.Verdict.Invalid);
        TaskStatus status = statuses.failed(delivery, Statuses.error("Poison", sentence, false, Map.of()), meta -> {});
        return new Decision.Poison(Map.of("error", sentence, "deaths", evidence), status, vouched, label(delivery));
    }

    private Decision decideSigned(Admitted task) {
        Envelope envelope = task.envelope();
        Optional<Revocation> revocation = revoked.of(envelope.id());
        if (revocation.isPresent()) {
            return new Decision.Cancel(
                    revokedStatus(task, revocation.get().reason()),
                    task.handler().name());
        }
        Decision expired = expired(task);
        if (expired != null) {
            return expired;
        }
        if (revoked.paused(task.delivery().queue())) {
            return new Decision.Later(clock.instant().plus(PAUSE), null);
        }
        try {
            Payloads.args(envelope);
        } catch (IllegalArgumentException e) {
            return dead(
                    task.delivery(),
                    "args-undecodable",
                    "ArgsUndecodable",
                    e.getMessage(),
                    task.handler().name());
        }
        Optional<RateLimits.Denied> denied = rates.check(task);
        return denied.isPresent() ? limited(task, denied.get()) : new Decision.Run(task);
    }

    TaskStatus revokedStatus(Admitted task, @Nullable String reason) {
        TaskStatus.TaskError error =
                Statuses.error("TaskRevoked", reason == null ? "the task was revoked" : reason, false, Map.of());
        return statuses.cancelled(task.delivery(), error, meta -> meta.put("revokedAt", statuses.now()));
    }

    private @Nullable Decision expired(Admitted task) {
        String text = task.envelope().meta().path("stem.expiresAt").asString("");
        Instant expiry = text.isEmpty() ? null : TimeText.parse(text).orElse(null);
        if (expiry == null || expiry.isAfter(clock.instant())) {
            return null;
        }
        TaskStatus.TaskError error =
                Statuses.error("TaskExpired", "the task expired before it could start", false, Map.of());
        return new Decision.Cancel(
                statuses.cancelled(task.delivery(), error, meta -> meta.put("expiredAt", TimeText.of(expiry))),
                task.handler().name());
    }

    private Decision limited(Admitted task, RateLimits.Denied denied) {
        TaskStatus status = statuses.of(task.delivery(), TaskState.RETRIED, null, null, meta -> {
            meta.put(denied.member(), true);
            meta.put("retryAfterMs", denied.retryAfter().toMillis());
            if (denied.groupKey() != null) {
                meta.put("groupKey", denied.groupKey());
            }
        });
        return new Decision.Later(clock.instant().plus(denied.retryAfter()), status);
    }

    private Decision signatureInvalid(Arrival.Delivery delivery, EnvelopeSigning.Verdict.Invalid invalid) {
        Map<String, String> meta = new HashMap<>(Map.of("error", invalid.reason()));
        Map<String, String> errorMeta = new HashMap<>(Map.of("reason", invalid.reason()));
        String keyId = invalid.keyId();
        if (keyId != null) {
            meta.put("keyId", Shown.of(keyId));
            errorMeta.put("keyId", Shown.of(keyId));
        }
        String message = "SignatureVerificationException(" + (keyId == null ? "unknown" : Shown.of(keyId)) + "): "
                + invalid.reason();
        TaskStatus.TaskError error = Statuses.error("SignatureVerificationException", message, false, errorMeta);
        TaskStatus status = statuses.failed(delivery, error, more -> more.put("security", "signature-invalid"));
        return new Decision.Dead("signature-invalid", meta, status, false, label(delivery));
    }

    private Decision unvouched(Arrival.Delivery delivery, String reason, String type, String message) {
        TaskStatus.TaskError error = Statuses.error(type, message, false, Map.of());
        TaskStatus status = statuses.failed(delivery, error, meta -> meta.put("security", reason));
        return new Decision.Dead(reason, Map.of("error", message), status, false, label(delivery));
    }

    private Decision dead(
            Arrival.Delivery delivery, String reason, String type, @Nullable String message, String task) {
        String text = message == null ? type : message;
        TaskStatus status = statuses.failed(delivery, Statuses.error(type, text, false, Map.of()), meta -> {});
        return new Decision.Dead(reason, Map.of("error", text), status, true, task);
    }

    /** Strangers choose names, so only known ones become labels. */
    private String label(Arrival.Delivery delivery) {
        String name = delivery.message().envelope().name();
        return handlers.find(name) == null ? Meters.UNKNOWN_TASK : name;
    }
}
