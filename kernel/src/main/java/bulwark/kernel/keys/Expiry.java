package bulwark.kernel.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The end of one key, certificate or document.
 *
 * @param created null when unknown
 * @param remedy what to do about it, a sentence
 * @param notice how long before the end a warning is due; null = 14 days, or the last sixth of the life when that is less
 */
public record Expiry(
        @Nullable Instant created,
        Instant expires,
        String remedy,
        @Nullable Duration notice) {
    private static final int SHARE_OF_LIFE = 6;
    private static final Duration NOTICE = Duration.ofDays(14);

    public Expiry(@Nullable Instant created, Instant expires, String remedy) {
        this(created, expires, remedy, null);
    }

    /** @param what the subject of the sentence; empty while no warning is due */
    public Optional<String> warning(String what, Instant now) {
        Duration left = Duration.between(now, expires);
        if (left.compareTo(notice == null ? defaultNotice() : notice) > 0) {
            return Optional.empty();
        }
        String when = left.isNegative()
                ? " expired " + left.abs().toDays() + " days ago. "
                : " expires in " + left.toDays() + " days. ";
        return Optional.of(what + when + remedy);
    }

    private Duration defaultNotice() {
        if (created == null) {
            return NOTICE;
        }
        Duration share = Duration.between(created, expires).dividedBy(SHARE_OF_LIFE);
        return share.compareTo(NOTICE) < 0 ? share : NOTICE;
    }
}
