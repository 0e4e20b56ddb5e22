package bulwark.gateway.apikey;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What may be told of the keys of a subscription.
 *
 * @param prefix of the newest key
 * @param previousExpires end of the grace of the key before it; null when that is over or there is none
 * @param rotations how many times the key was replaced
 * @param lastRotated null when it never was
 */
public record RotationInfo(
        String subscription,
        String prefix,
        @Nullable Instant previousExpires,
        int rotations,
        @Nullable Instant lastRotated) {
    public boolean hasPrevious() {
        return previousExpires != null;
    }
}
