package bulwark.kernel.evidence.outbox;

/** An outbox row that must not be carried out, now or later; the message is a sentence. */
public final class OutboxRefused extends Exception {
    public OutboxRefused(String message) {
        super(message);
    }
}
