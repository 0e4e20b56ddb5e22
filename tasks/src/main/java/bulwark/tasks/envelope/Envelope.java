package bulwark.tasks.envelope;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One task as its producer signed it. Twelve fields, all covered by the signature; nothing changes them in transit. Times have microseconds at most.
 * The JSON objects must not be changed after construction. Immutable otherwise. Of an envelope that was received {@link #args} and {@link #meta} make trees: look at nothing but
 * {@link bulwark.tasks.signing.EnvelopeSigning#verify} before.
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
        PayloadObject argsJson,
        Map<String, String> headers,
        Instant enqueuedAt,
        @Nullable Instant notBefore,
        int priority,
        int attempt,
        int maxRetries,
        @Nullable Long visibilityTimeoutMs,
        String queue,
        PayloadObject metaJson) {
    public static final String SIGNATURE = "stem-signature";
    public static final String SIGNATURE_KEY = "stem-signature-key";

    /** Longest id, name and queue, in characters. */
    static final int MAX_LABEL_LENGTH = 256;

    /** Longest time limit, in milliseconds. */
    public static final long MAX_TIME_LIMIT_MS = Duration.ofDays(366).toMillis();

    /**
     * Producers and consumers make the same checks, because both come by here.
     *
     * @throws EnvelopeRefused when id, name or queue are empty, longer than 256 characters or hold control characters: they end up in keys, logs and metrics; when a queue's
     *     name ends like the stream of another queue's priority; when a count is negative or a time limit beyond 366 days
     */
    public Envelope {
        label("id", id);
        label("name", name);
        checkQueue("queue", queue);
        notNegative("attempt", attempt);
        notNegative("maxRetries", maxRetries);
        notNegative("visibilityTimeout", visibilityTimeoutMs == null ? 0 : visibilityTimeoutMs);
        headers = Map.copyOf(headers);
        if (metaJson.hasTree()) {
            checkTimeLimits(metaJson.tree());
        }
    }

    /** Of a producer. @throws EnvelopeRefused as above */
    public Envelope(
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
        this(
                id,
                name,
                PayloadObject.of(args),
                headers,
                enqueuedAt,
                notBefore,
                priority,
                attempt,
                maxRetries,
                visibilityTimeoutMs,
                queue,
                PayloadObject.of(meta));
    }

    /** The arguments as a tree. */
    public ObjectNode args() {
        return argsJson.tree();
    }

    /** The meta as a tree. */
    public ObjectNode meta() {
        return metaJson.tree();
    }

    /** Of one that was received, once its signature holds: they stand in its meta. @throws EnvelopeRefused when a time limit is beyond 366 days */
    public void checkTimeLimits() {
        checkTimeLimits(meta());
    }

    private static void checkTimeLimits(ObjectNode meta) {
        timeLimit(meta, "stem.timeLimitMs");
        timeLimit(meta, "stem.softTimeLimitMs");
    }

    /** Of every queue that is written to or read from. @param field what holds the name, for the sentence */
    public static void checkQueue(String field, String name) {
        label(field, name);
        if (namesPriorityStream(name)) {
            throw new EnvelopeRefused(
                    field + " ends with :p and a digit, which names a priority of another queue: choose another name");
        }
    }

    /** Whether it ends with {@code :p1} to {@code :p9}. */
    private static boolean namesPriorityStream(String name) {
        int length = name.length();
        return length >= 3
                && name.startsWith(":p", length - 3)
                && name.charAt(length - 1) >= '1'
                && name.charAt(length - 1) <= '9';
    }

    private static void notNegative(String field, long count) {
        if (count < 0) {
            throw new EnvelopeRefused(field + " is below 0");
        }
    }

    private static void timeLimit(ObjectNode meta, String member) {
        JsonNode limit = meta.get(member);
        if (limit != null && limit.isNumber() && !(limit.doubleValue() <= MAX_TIME_LIMIT_MS)) {
            throw new EnvelopeRefused(member + " is beyond " + MAX_TIME_LIMIT_MS + " ms (366 days)");
        }
    }

    private static void label(String field, String text) {
        if (text.isEmpty() || text.length() > MAX_LABEL_LENGTH) {
            throw new EnvelopeRefused(field + " does not have 1 to " + MAX_LABEL_LENGTH + " characters");
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
                argsJson,
                changed,
                enqueuedAt,
                notBefore,
                priority,
                attempt,
                maxRetries,
                visibilityTimeoutMs,
                queue,
                metaJson);
    }

    /** A copy for a later run, to be signed anew. */
    public Envelope withAttempt(int next, int retries, @Nullable Instant earliest) {
        return new Envelope(
                id,
                name,
                argsJson,
                headers,
                enqueuedAt,
                earliest,
                priority,
                next,
                retries,
                visibilityTimeoutMs,
                queue,
                metaJson);
    }
}
