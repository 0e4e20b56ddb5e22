package bulwark.tasks.signing;

import bulwark.kernel.keys.KeyStatus;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one key may sign, and when. The moment that counts is the one at which a signature is made or checked, by the clock of this process: dates in a message are its sender's word.
 *
 * @param from first moment, or null
 * @param until first moment at which it is over, or null
 */
record KeyRule(
        Set<KeyPurpose> purposes,
        @Nullable Instant from,
        @Nullable Instant until) {
    /** Of every key, when no key has a rule: as in the original system. */
    static final KeyRule ANYTHING = new KeyRule(EnumSet.allOf(KeyPurpose.class), null, null);
    /** Of a key that is left out while others have rules. */
    static final KeyRule TASKS_ONLY = new KeyRule(EnumSet.of(KeyPurpose.TASKS), null, null);

    KeyRule {
        purposes = Set.copyOf(purposes);
    }

    /** Why a key of this rule must not be used; null when it may. */
    @Nullable
    String refusal(String keyId, KeyPurpose purpose, Instant now) {
        if (!purposes.contains(purpose)) {
            return "the signing key \"" + keyId + "\" is not for " + purpose.word();
        }
        if (from != null && now.isBefore(from)) {
            return "the signing key \"" + keyId + "\" is not in use before " + from;
        }
        return until != null && !now.isBefore(until) ? "the signing key \"" + keyId + "\" expired at " + until : null;
    }

    /** @param signs whether this process signs with it */
    KeyStatus status(boolean signs, Instant now) {
        if (from != null && now.isBefore(from)) {
            return KeyStatus.ANNOUNCED;
        }
        if (until != null && !now.isBefore(until)) {
            return KeyStatus.RETIRED;
        }
        return until == null || signs ? KeyStatus.CURRENT : KeyStatus.RETIRING;
    }

    @Override
    public String toString() {
        String words = purposes.stream().sorted().map(KeyPurpose::word).collect(Collectors.joining("+"));
        return words + (from == null ? "" : " from " + from) + (until == null ? "" : " until " + until);
    }
}
