package bulwark.gateway.possession;

/** What every token must be bound to, whatever it says itself. */
public record SenderPolicy(boolean proofRequired, boolean certificateRequired) {
    /** Only what tokens themselves ask for. */
    public static final SenderPolicy OFF = new SenderPolicy(false, false);
}
