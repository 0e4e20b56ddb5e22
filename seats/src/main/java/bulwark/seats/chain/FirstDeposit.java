package bulwark.seats.chain;

import bulwark.seats.deposit.DepositVerifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Whose a public key is, by the deposits that the chain has of it. The first deposit whose signature counts fixes the credentials for ever;
 * one whose signature does not count makes no validator and proves nothing, whatever credentials it names.
 */
public final class FirstDeposit {
    private FirstDeposit() {}

    /** What the deposits of a key mean for a seat. */
    public sealed interface Standing {
        /** No deposit of this key: it may be made. */
        record None() implements Standing {}

        /** There are deposits, and none has a signature that counts: a person decides. */
        record Unsigned(DepositEvent event) implements Standing {}

        /** The seat's own credentials came first: a deposit was made already. */
        record Ours(DepositEvent event) implements Standing {}

        /** Other credentials came first: what is deposited now goes to their owner. */
        record Foreign(DepositEvent event) implements Standing {}
    }

    /**
     * @param events of the whole history of the gate, in order
     * @param pubkey 48 bytes
     * @param credentials 32 bytes, of the seat
     */
    public static Standing of(List<DepositEvent> events, byte[] pubkey, byte[] credentials, DepositVerifier verifier) {
        List<DepositEvent> own =
                events.stream().filter(event -> event.isOf(pubkey)).toList();
        Optional<DepositEvent> first =
                own.stream().filter(event -> verifier.isSigned(event.deposit())).findFirst();
        if (first.isPresent()) {
            return Arrays.equals(first.get().deposit().credentials(), credentials)
                    ? new Standing.Ours(first.get())
                    : new Standing.Foreign(first.get());
        }
        return own.isEmpty() ? new Standing.None() : new Standing.Unsigned(own.getFirst());
    }
}
