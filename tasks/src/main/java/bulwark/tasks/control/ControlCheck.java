package bulwark.tasks.control;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.signing.EnvelopeSigning;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether a command is obeyed: signed when there are keys (unless unsigned ones are allowed by name), for this worker, sent after its start, not expired, its nonce never
 * seen. Owned by one thread.
 */
final class ControlCheck {
    /** Beyond this an end is no end, and nonces would pile up. */
    private static final Duration LONGEST = Duration.ofHours(1).plusMinutes(1);

    private static final int MOST_NONCES = 10_000;
    /** Clocks of two machines differ a little; a worker must hear what is sent right after its start. */
    private static final Duration SKEW = Duration.ofSeconds(2);

    private final EnvelopeSigning signing;
    private final boolean allowUnsigned;
    private final String worker;
    private final Instant startedAt;
    private final Clock clock;
    private final Map<String, Instant> nonces = new HashMap<>();

    ControlCheck(EnvelopeSigning signing, boolean allowUnsigned, String worker, Instant startedAt, Clock clock) {
        this.signing = signing;
        this.allowUnsigned = allowUnsigned;
        this.worker = worker;
        this.startedAt = startedAt;
        this.clock = clock;
    }

    sealed interface Verdict {
        record Obey(ControlCommand command) implements Verdict {}

        record NotForUs() implements Verdict {}

        /** @param reason stable code */
        record Refuse(String reason) implements Verdict {}
    }

    Verdict check(Arrival.Delivery delivery) {
        Envelope envelope = delivery.message().envelope();
        EnvelopeSigning.Verdict signature = signing.verify(envelope);
        boolean signed = signature instanceof EnvelopeSigning.Verdict.Valid;
        boolean checked = !(signature instanceof EnvelopeSigning.Verdict.Unchecked);
        boolean bare = !envelope.headers().containsKey(Envelope.SIGNATURE);
        if (checked && !signed && !(allowUnsigned && bare)) {
            return new Verdict.Refuse(bare ? "unsigned" : "signature-invalid");
        }
        if (!envelope.queue().equals(delivery.queue())) {
            return new Verdict.Refuse("queue-mismatch");
        }
        Optional<ControlCommand> command = ControlText.command(envelope);
        if (command.isEmpty()) {
            return new Verdict.Refuse("malformed");
        }
        if (!command.get().isFor(worker)) {
            return new Verdict.NotForUs();
        }
        return fresh(command.get(), envelope, signed);
    }

    private Verdict fresh(ControlCommand command, Envelope envelope, boolean signed) {
        Instant now = clock.instant();
        if (!command.expiresAt().isAfter(now) || command.expiresAt().isAfter(now.plus(LONGEST))) {
            return new Verdict.Refuse("expired");
        }
        if (envelope.enqueuedAt().isBefore(startedAt.minus(SKEW))) {
            return new Verdict.Refuse("before-start");
        }
        if (signed && command.nonce().isEmpty()) {
            return new Verdict.Refuse("no-nonce");
        }
        nonces.values().removeIf(until -> !until.isAfter(now));
        String once = command.nonce().isEmpty() ? envelope.id() : command.nonce();
        if (nonces.containsKey(once)) {
            return new Verdict.Refuse("replayed");
        }
        if (nonces.size() >= MOST_NONCES) {
            return new Verdict.Refuse("too-many");
        }
        nonces.put(once, command.expiresAt());
        return new Verdict.Obey(command);
    }
}
