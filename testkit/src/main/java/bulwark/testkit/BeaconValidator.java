package bulwark.testkit;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A validator as the consensus layer keeps it. Immutable. @param pubkey 0x and 96 digits @param credentials 0x and 64 digits */
record BeaconValidator(
        int index,
        String pubkey,
        String credentials,
        long balanceGwei,
        @Nullable Long activationEpoch,
        @Nullable Long exitEpoch,
        boolean slashed) {
    static final long SEAT_GWEI = 32_000_000_000L;

    BeaconValidator withBalance(long gwei) {
        return new BeaconValidator(index, pubkey, credentials, gwei, activationEpoch, exitEpoch, slashed);
    }

    BeaconValidator activeFrom(long epoch) {
        return new BeaconValidator(index, pubkey, credentials, balanceGwei, epoch, exitEpoch, slashed);
    }

    BeaconValidator exitsAt(long epoch) {
        return new BeaconValidator(index, pubkey, credentials, balanceGwei, activationEpoch, epoch, slashed);
    }

    BeaconValidator slashedAt(long exit, long penaltyGwei) {
        return new BeaconValidator(index, pubkey, credentials, balanceGwei - penaltyGwei, activationEpoch, exit, true);
    }

    boolean isWithdrawable(long epoch, BeaconRules rules) {
        return exitEpoch != null && epoch >= exitEpoch + rules.withdrawabilityDelay();
    }

    /** Whether a request of EIP-7002 from this address makes it exit; otherwise it is dropped without a word. */
    boolean mayExit(String source, long epoch, BeaconRules rules) {
        return credentials.startsWith("0x01")
                && credentials.substring(26).equals(source.substring(2))
                && exitEpoch == null
                && Optional.ofNullable(activationEpoch)
                        .filter(from -> epoch >= from + rules.committeePeriod())
                        .isPresent();
    }

    /** The word of the beacon API. */
    String status(long epoch, BeaconRules rules) {
        if (activationEpoch == null) {
            return balanceGwei < SEAT_GWEI ? "pending_initialized" : "pending_queued";
        }
        if (epoch < activationEpoch) {
            return "pending_queued";
        }
        if (exitEpoch == null) {
            return "active_ongoing";
        }
        if (epoch < exitEpoch) {
            return slashed ? "active_slashed" : "active_exiting";
        }
        if (!isWithdrawable(epoch, rules)) {
            return slashed ? "exited_slashed" : "exited_unslashed";
        }
        return balanceGwei > 0 ? "withdrawal_possible" : "withdrawal_done";
    }
}
