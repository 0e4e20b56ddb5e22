package bulwark.app.stem;

import bulwark.kernel.error.PrintableText;
import bulwark.tasks.envelope.DeliveryState;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.signing.EnvelopeSigning;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the message to run again of a dead one. A process that can sign does so, but only what was rightly signed before: else a replay would sign
 * what untrusted senders put there. All others go back word for word, and their delivery state counts the attempt.
 */
final class ReplayPreparer implements UnaryOperator<Message> {
    private final EnvelopeSigning signing;
    private final String queue;
    private final @Nullable Instant notBefore;
    private final List<String> notes = new ArrayList<>();

    ReplayPreparer(EnvelopeSigning signing, String queue, @Nullable Instant notBefore) {
        this.signing = signing;
        this.queue = queue;
        this.notBefore = notBefore;
    }

    @Override
    public Message apply(Message dead) {
        Envelope envelope = dead.envelope();
        EnvelopeSigning.Verdict verdict = signing.verify(envelope);
        if (verdict instanceof EnvelopeSigning.Verdict.Invalid invalid) {
            notes.add("the signature of " + PrintableText.line(envelope.id()) + " does not hold ("
                    + PrintableText.line(invalid.reason())
                    + "): it goes back as it was, and workers that verify will refuse it again");
        }
        boolean ours = verdict instanceof EnvelopeSigning.Verdict.Valid
                && envelope.queue().equals(queue);
        return ours && signing.canSign()
                ? Message.fresh(
                        signing.sign(envelope.withAttempt(dead.attempt() + 1, envelope.maxRetries(), notBefore)))
                : new Message(
                        envelope,
                        new DeliveryState(
                                dead.attempt() + 1, notBefore, dead.state().firstSeen()));
    }

    /** What the operator should know, a sentence each. */
    List<String> notes() {
        return List.copyOf(notes);
    }
}
