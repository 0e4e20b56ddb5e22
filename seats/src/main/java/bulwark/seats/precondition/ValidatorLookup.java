package bulwark.seats.precondition;

import java.util.List;
import java.util.Optional;

/** What the consensus layer knows of a public key, asked of two labels at least. Blocks. Thread-safe. */
@FunctionalInterface
public interface ValidatorLookup {
    /** No consensus client is configured: the answers of routes say so. */
    ValidatorLookup NOT_CONFIGURED = pubkey -> new Answer.NotAsked("no consensus client is configured");

    /** What came back. */
    sealed interface Answer {
        /** @param reason part of a sentence */
        record NotAsked(String reason) implements Answer {}

        /** Every label answered: neither a validator nor a pending deposit has the key. */
        record Unknown() implements Answer {}

        /**
         * @param credentials 32 bytes: 0x and 64 digits
         * @param status of the validator; empty for a deposit that is pending
         */
        record Known(String credentials, Optional<String> status) implements Answer {}

        /** Labels do not answer or do not agree. @param label and @param sentence say which and how */
        record Failed(String label, String sentence) implements Answer {}
    }

    /** @param pubkey 48 bytes */
    Answer find(byte[] pubkey);

    /**
     * Whether the consensus layer would carry out a full exit that a vault asked for now (EIP-7002): it drops every other request without a word.
     *
     * @param pubkey 48 bytes
     * @param vault address, 0x and 40 digits in lower case
     * @return why a label would not, or cannot say, each a sentence without its stop; empty when all would, or nobody is configured
     */
    default List<String> exitProblems(byte[] pubkey, String vault) {
        return List.of();
    }
}
