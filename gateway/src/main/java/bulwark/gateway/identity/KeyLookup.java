package bulwark.gateway.identity;

/** What an issuer's keys answer to a {@code kid}. */
sealed interface KeyLookup {
    record Found(VerificationKey key) implements KeyLookup {}

    record Unknown() implements KeyLookup {}

    /** No key set was ever had. */
    record NoKeySet() implements KeyLookup {}
}
