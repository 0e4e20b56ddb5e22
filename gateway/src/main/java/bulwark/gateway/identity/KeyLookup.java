package bulwark.gateway.identity;

/** What an issuer's keys answer to a {@code kid}. */
sealed interface KeyLookup {
    record Found(VerificationKey key) implements KeyLookup {}

    record Unknown() implements KeyLookup {}

    /** A newer key set is under way, and too many wait for it already. */
    record Busy() implements KeyLookup {}

    /** No key set was ever had. */
    record NoKeySet() implements KeyLookup {}
}
