package bulwark.seats.beacon;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

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

    private static final Map<String, ValidatorStatus> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ValidatorStatus::word, Function.identity()));

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }

    static Optional<ValidatorStatus> of(String word) {
        return Optional.ofNullable(BY_WORD.get(word));
    }

    public boolean isActive() {
        return this == ACTIVE_ONGOING || this == ACTIVE_EXITING || this == ACTIVE_SLASHED;
    }

    /** Whether its exit was initiated, so that another request is dropped. */
    public boolean isExiting() {
        return ordinal() >= ACTIVE_EXITING.ordinal();
    }
}
