package bulwark.seats.beacon;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** State of a validator, in the words of the beacon API. */
public enum ValidatorStatus {
    PENDING_INITIALIZED,
    PENDING_QUEUED,
    ACTIVE_ONGOING,
    ACTIVE_EXITING,
    ACTIVE_SLASHED,
    EXITED_UNSLASHED,
    EXITED_SLASHED,
    WITHDRAWAL_POSSIBLE,
    WITHDRAWAL_DONE;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ValidatorStatus> of(String word) {
        return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
    }

    public boolean isActive() {
        return this == ACTIVE_ONGOING || this == ACTIVE_EXITING || this == ACTIVE_SLASHED;
    }

    /** Whether its exit was initiated, so that another request is dropped. */
    public boolean isExiting() {
        return ordinal() >= ACTIVE_EXITING.ordinal();
    }
}
