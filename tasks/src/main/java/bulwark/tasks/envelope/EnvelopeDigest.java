package bulwark.tasks.envelope;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.signing.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * SHA-256 of an envelope, signature included, together with its queue. The status {@code queued} holds it, so that a dead letter which no signature vouches for can be told apart:
 * the one that the producer enqueued ends its task, a forged one with the same id does not.
 */
public final class EnvelopeDigest {
    private EnvelopeDigest() {}

    /** @param queue into which it was put or from which it was taken, whatever the envelope says */
    public static String of(String queue, Envelope envelope) {
        DartJson text = new DartJson(false, EnvelopeCodec.WHOLE).raw(queue).raw("\n");
        EnvelopeCodec.json(text, Message.fresh(envelope));
        return of(text.toString());
    }

    /** Of an envelope's JSON that nobody has read. */
    public static String ofJson(String queue, String json) {
        return of(queue + "\n" + json);
    }

    private static String of(String text) {
        return Base64Url.text(Digests.sha256(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Of something that was no envelope when it was read. */
    public static String ofRaw(String queue, Map<String, String> fields) {
        return fields.size() == 1 ? ofJson(queue, fields.values().iterator().next()) : ofFields(queue, fields);
    }

    /** Of the fields of a stream entry that nobody has read: put together as {@link EnvelopeCodec#json(Message)} writes them. */
    public static String ofFields(String queue, Map<String, String> fields) {
        DartJson json = new DartJson(false, 512)
                .raw("{\"id\":")
                .string(fields.getOrDefault("id", ""))
                .raw(",\"name\":")
                .string(fields.getOrDefault("name", ""))
                .raw(",\"args\":")
                .raw(fields.getOrDefault("args", ""))
                .raw(",\"headers\":")
                .raw(fields.getOrDefault("headers", ""))
                .raw(",\"enqueuedAt\":")
                .string(fields.getOrDefault("enqueuedAt", ""))
                .raw(",\"notBefore\":");
        String notBefore = fields.getOrDefault("notBefore", "");
        if (notBefore.isEmpty()) {
            json.raw("null");
        } else {
            json.string(notBefore);
        }
        String visibility = fields.getOrDefault("visibilityTimeout", "");
        return ofJson(
                queue,
                json.raw(",\"priority\":")
                        .raw(fields.getOrDefault("priority", ""))
                        .raw(",\"attempt\":")
                        .raw(fields.getOrDefault("attempt", ""))
                        .raw(",\"maxRetries\":")
                        .raw(fields.getOrDefault("maxRetries", ""))
                        .raw(",\"visibilityTimeout\":")
                        .raw(visibility.isEmpty() ? "null" : visibility)
                        .raw(",\"queue\":")
                        .string(fields.getOrDefault("queue", ""))
                        .raw(",\"meta\":")
                        .raw(fields.getOrDefault("meta", ""))
                        .raw("}")
                        .toString());
    }
}
