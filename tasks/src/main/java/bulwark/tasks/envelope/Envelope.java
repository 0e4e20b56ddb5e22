package bulwark.tasks.envelope;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One task as its producer signed it. Twelve fields, all covered by the signature; nothing changes them in transit. Times have microseconds at most.
 * The JSON objects must not be changed after construction. Immutable otherwise.
 *
 * @param id UUIDv7 in lower case, constant across retries
 * @param headers without order; the signature travels in {@code stem-signature} and {@code stem-signature-key}
 * @param notBefore earliest start, or null for at once
 * @param priority 0..9, 9 first
 * @param attempt 0 for the first delivery, as signed; see {@link DeliveryState} for what the broker counted
 * @param maxRetries runs allowed beyond the first
 * @param visibilityTimeoutMs lease hint in milliseconds, or null
 * @param queue for a broadcast the channel's name
 */
public record Envelope(
        String id,
        String name,
        ObjectNode args,
        Map<String, String> headers,
        Instant enqueuedAt,
        @Nullable Instant notBefore,
        int priority,
        int attempt,
        int maxRetries,
        @Nullable Long visibilityTimeoutMs,
        String queue,
        ObjectNode meta) {
    public static final String SIGNATURE = "stem-signature";
    public static final String SIGNATURE_KEY = "stem-signature-key";

    /** Longest id, name and queue, in characters. */
    static final int LONGEST_LABEL = 256;

    /** @throws EnvelopeRefused when id, name or queue are empty, longer than 256 characters or hold control characters: they end up in keys, logs and metrics */
    public Envelope {
        label("id", id);
        label("name", name);
        label("queue", queue);
        headers = Map.copyOf(headers);
    }

    private static void label(String field, String text) {
        if (text.isEmpty() || text.length() > LONGEST_LABEL) {
            throw new EnvelopeRefused(field + " does not have 1 to " + LONGEST_LABEL + " characters");
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw new EnvelopeRefused(field + " holds a control character");
            }
        }
    }

    /** A copy with other headers, for signing. */
    public Envelope withHeaders(Map<String, String> changed) {
        return new Envelope(
                id,
                name,
                args,
                changed,
                enqueuedAt,
                notBefore,
                priority,
                attempt,
                maxRetries,
                visibilityTimeoutMs,
                queue,
                meta);
    }
}
