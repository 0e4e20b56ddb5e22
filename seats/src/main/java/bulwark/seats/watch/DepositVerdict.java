package bulwark.seats.watch;

import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatStateMachine;
import java.util.Optional;

/** What a deposit means for the seat of its key. */
sealed interface DepositVerdict {
    /** The deposit that the seat waits for. */
    record Expected(Seat seat) implements DepositVerdict {}

    /** The seat cannot go on. @param reason stable word */
    record Exceptional(Seat seat, String reason, Alert alert) implements DepositVerdict {}

    /** No seat moves, and somebody should know. */
    record Noteworthy(Alert alert) implements DepositVerdict {}

    /** @param seat of the deposit's key, empty when there is none */
    static DepositVerdict of(ObservedDeposit deposit, Optional<Seat> seat) {
        if (seat.isEmpty()) {
            return new Noteworthy(Alert.warning(
                    "UNKNOWN_DEPOSIT",
                    deposit.txHash(),
                    "Transaction " + deposit.txHash() + " deposits " + Long.toUnsignedString(deposit.amountGwei())
                            + " gwei for the key " + deposit.pubkey() + ", which no seat has.",
                    "Find out who sent it: the gate lets through what is on its list alone."));
        }
        return ofSeat(deposit, seat.get());
    }

    private static DepositVerdict ofSeat(ObservedDeposit deposit, Seat seat) {
        return switch (seat.status()) {
            case SeatStateMachine.CREATED, SeatStateMachine.ALLOWLISTED -> first(deposit, seat);
            case SeatStateMachine.REVOKED ->
                new Noteworthy(Alert.critical(
                        "DEPOSIT_OF_REVOKED_SEAT",
                        Alert.seat(seat.id()),
                        "Transaction " + deposit.txHash() + " deposits for seat " + seat.id() + ", which is REVOKED.",
                        "Find out who approved it, and whether the principal must be asked back by an exit."));
            default ->
                new Noteworthy(Alert.warning(
                        "UNEXPECTED_TOP_UP",
                        Alert.seat(seat.id()),
                        "Transaction " + deposit.txHash() + " deposits " + Long.toUnsignedString(deposit.amountGwei())
                                + " gwei for seat " + seat.id() + ", which is " + seat.status() + " already.",
                        "Find out who sent it: what is above the principal goes to the vault."));
        };
    }

    private static DepositVerdict first(ObservedDeposit deposit, Seat seat) {
        if (!deposit.withdrawalCredentials().equals(seat.withdrawalCredentials())) {
            return exceptional(
                    deposit,
                    seat,
                    "PUBKEY_ALREADY_DEPOSITED",
                    "with the credentials " + deposit.withdrawalCredentials() + ", which are not the seat's",
                    "Deposit nothing for this key: what follows goes to the owner of those credentials. Revoke the seat.");
        }
        if (!Long.toUnsignedString(deposit.amountGwei()).equals(seat.amountGwei())) {
            return exceptional(
                    deposit,
                    seat,
                    "DEPOSIT_OF_OTHER_AMOUNT",
                    "of " + Long.toUnsignedString(deposit.amountGwei()) + " gwei in place of " + seat.amountGwei(),
                    "Find out who sent it, and revoke the seat or complete it by hand.");
        }
        if (seat.status().equals(SeatStateMachine.CREATED)) {
            return exceptional(
                    deposit,
                    seat,
                    "DEPOSIT_WITHOUT_APPROVAL",
                    "though nobody saw its intent on the gate's list",
                    "Find out who approved it: the owner of the gate can.");
        }
        return new Expected(seat);
    }

    private static DepositVerdict exceptional(
            ObservedDeposit deposit, Seat seat, String reason, String what, String next) {
        return new Exceptional(
                seat,
                reason,
                Alert.critical(
                        reason,
                        Alert.seat(seat.id()),
                        "Transaction " + deposit.txHash() + " deposits for seat " + seat.id() + " " + what + ".",
                        next));
    }
}
