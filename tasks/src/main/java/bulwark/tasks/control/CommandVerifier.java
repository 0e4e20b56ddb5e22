package bulwark.tasks.control;

import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.signing.KeyPurpose;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether a command is obeyed: signed by a key for commands when there are keys (unless unsigned ones are allowed by name), for this worker, sent after its start, not expired, its nonce never
 * seen. Owned by one thread.
 */
final class CommandVerifier {
    /** Beyond this an end is no end, and nonces would pile up. */
    private static final Duration MAX_VALIDITY = Duration.ofHours(1).plusMinutes(1);

    private static final int MAX_NONCES = 10_000;
    /** Clocks of two machines differ a little; a worker must hear what is sent right after its start. */
    private static final Duration SKEW = Duration.ofSeconds(2);

    private final EnvelopeSigning signing;
    private final EnvelopeSigning forTasks;
    private final boolean allowUnsigned;
    private final String worker;
    private final Instant startedAt;
    private final Clock clock;
    private final Map<String, Instant> nonces = new HashMap<>();

    CommandVerifier(EnvelopeSigning signing, boolean allowUnsigned, String worker, Instant startedAt, Clock clock) {
        this.signing = signing.forPurpose(KeyPurpose.CONTROL);
        this.forTasks = signing.forPurpose(KeyPurpose.TASKS);
        this.allowUnsigned = allowUnsigned;
        this.worker = worker;
        this.startedAt = startedAt;
        this.clock = clock;
    }

    sealed interface Verdict {
        record Accepted(ControlCommand command) implements Verdict {}

        record NotForUs() implements Verdict {}

        /** @param reason stable code */
        record Refused(String reason) implements Verdict {}
    }

    Verdict check(ReceivedMessage.Delivery delivery) {
        Envelope envelope = delivery.message().envelope();
        EnvelopeSigning.Verdict signature = signing.verify(envelope);
        boolean signed = signature instanceof EnvelopeSigning.Verdict.Valid;
        boolean checked = !(signature instanceof EnvelopeSigning.Verdict.Unchecked);
        boolean bare = !envelope.headers().containsKey(Envelope.SIGNATURE);
        if (checked && !signed && !(allowUnsigned && bare)) {
            return new Verdict.Refused(bare ? "unsigned" : signatureRefusal(envelope));
        }
        if (!envelope.queue().equals(delivery.queue())) {
            return new Verdict.Refused("queue-mismatch");
        }
        Optional<ControlCommand> command = ControlCodec.command(envelope);
        if (command.isEmpty()) {
            return new Verdict.Refused("malformed");
        }
        if (!command.get().isFor(worker)) {
            return new Verdict.NotForUs();
        }
        return checkFreshness(command.get(), envelope, signed);
    }

    /** A producer that commands is not the same as somebody without any key. */
    private String signatureRefusal(Envelope envelope) {
        boolean producers = forTasks.verify(envelope) instanceof EnvelopeSigning.Verdict.Valid;
        return producers ? "key-not-for-control" : "signature-invalid";
    }

    private Verdict checkFreshness(ControlCommand command, Envelope envelope, boolean signed) {
        Instant now = clock.instant();
        if (!command.expiresAt().isAfter(now) || command.expiresAt().isAfter(now.plus(MAX_VALIDITY))) {
            return new Verdict.Refused("expired");
        }
        if (envelope.enqueuedAt().isBefore(startedAt.minus(SKEW))) {
            return new Verdict.Refused("before-start");
        }
        if (signed && command.nonce().isEmpty()) {
            return new Verdict.Refused("no-nonce");
        }
        nonces.values().removeIf(until -> !until.isAfter(now));
        String once = command.nonce().isEmpty() ? envelope.id() : command.nonce();
        if (nonces.containsKey(once)) {
            return new Verdict.Refused("replayed");
        }
        if (nonces.size() >= MAX_NONCES) {
            return new Verdict.Refused("too-many");
        }
        nonces.put(once, command.expiresAt());
        return new Verdict.Accepted(command);
    }
}
