package bulwark.seats.send;

/** Points of one send, in their order; a process may end between any two. */
public enum SendStep {
    /** Nonce and intent are rows. */
    RESERVED,
    /** The signer answered. */
    ANSWERED,
    /** The signed bytes are a row. */
    SIGNED,
    /** The evidence lies on disk and is a row. */
    RECORDED,
    /** Every label was handed the bytes. */
    BROADCAST,
    /** That is a row. */
    SENT,
    /** A block holds it, and the effect was seen. */
    OBSERVED,
    /** Receipt and evidence of it are rows. */
    MINED
}
