package bulwark.tasks.envelope;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What changes in transit, unsigned and beside the envelope: it may shift when an envelope runs again, never what runs. On a stream the fields
 * {@code x-delivery-attempt}, {@code x-not-before}, {@code x-first-seen}; in JSON the member {@code delivery}; readers of the original form ignore both.
 *
 * @param attempt retries counted so far, 0 when none
 * @param notBefore overrides the signed time when it is set
 * @param firstSeen when a worker first took it, or null
 */
public record DeliveryState(
        int attempt, @Nullable Instant notBefore, @Nullable Instant firstSeen) {
    public static final DeliveryState FRESH = new DeliveryState(0, null, null);
}
