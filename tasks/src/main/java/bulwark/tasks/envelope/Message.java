package bulwark.tasks.envelope;

/** What travels: the envelope verbatim and its delivery state. */
public record Message(Envelope envelope, DeliveryState state) {
    public static Message fresh(Envelope envelope) {
        return new Message(envelope, DeliveryState.FRESH);
    }

    /** 0 for the first run: what was signed or what was counted in transit, whichever is more. */
    public int attempt() {
        return Math.max(envelope.attempt(), state.attempt());
    }
}
