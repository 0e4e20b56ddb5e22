package bulwark.seats.send;

/** Where a transaction of ours stands. */
public enum IntentStatus {
    /** Its nonce is taken; it may have been signed. */
    RESERVED,
    SIGNED,
    /** Its evidence is on disk: from now on it may be anywhere. */
    RECORDED,
    /** Handed to a client at least once. */
    SENT,
    /** In a block that may still be dropped. */
    MINED,
    /** In a block that is final. */
    FINAL,
    /** Another one of ours with the same nonce was mined. */
    REPLACED,
    /** The signer refused it before it signed anything: its nonce is free again. */
    ABANDONED,
    /** Its nonce was used by a transaction that is not ours. */
    FOREIGN;

    /** Whether it can still be mined or dropped. */
    boolean isOpen() {
        return switch (this) {
            case RESERVED, SIGNED, RECORDED, SENT, MINED -> true;
            case FINAL, REPLACED, ABANDONED, FOREIGN -> false;
        };
    }
}
