package bulwark.seats.send;

import bulwark.seats.chain.TransactionReceipt;

/** What every label says of one transaction. */
sealed interface TransactionObservation {
    /** All say the same. @param problem with its effect; empty when all is right */
    record Mined(TransactionReceipt receipt, String problem) implements TransactionObservation {}

    /** Some label does not know it, and it may still be mined. */
    record Dropped() implements TransactionObservation {}

    /** It waits, or the labels do not say the same yet. */
    record Waiting() implements TransactionObservation {}

    /** Every label says that its nonce is used, and none has it in a block. */
    record Displaced() implements TransactionObservation {}

    /** A label did not answer. */
    record Unknown(String sentence) implements TransactionObservation {}
}
