package bulwark.tasks.envelope;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Every text form of an envelope: the bytes that are signed, the JSON of delayed and dead messages, and the flat fields of a stream entry. Source of
 * the forms: Stem 0.2. Thread-safe.
 */
public final class EnvelopeCodec {
    static final String ATTEMPT = "x-delivery-attempt";
    static final String NOT_BEFORE = "x-not-before";
    static final String FIRST_SEEN = "x-first-seen";

    private static final Set<String> SIGNATURES = Set.of(Envelope.SIGNATURE, Envelope.SIGNATURE_KEY);
    /** Room for an envelope of common size, and for one of its objects. */
    static final int WHOLE = 512;

    private static final int PART = 128;
    /** Longest text that retries and replays add to an envelope. */
    private static final int ADDED_ON_THE_WAY = 4_096;

    private EnvelopeCodec() {}

    /** The bytes under the signature. */
    public static byte[] canonical(Envelope envelope) {
        DartJson json = new DartJson(true, WHOLE)
                .raw("{\"args\":")
                .raw(envelope.argsJson().canonical())
                .raw(",\"attempt\":")
                .raw(envelope.attempt())
                .raw(",\"enqueuedAt\":")
                .string(DartTime.text(envelope.enqueuedAt()))
                .raw(",\"headers\":")
                .strings(envelope.headers(), SIGNATURES)
                .raw(",\"id\":")
                .string(envelope.id())
                .raw(",\"maxRetries\":")
                .raw(envelope.maxRetries())
                .raw(",\"meta\":")
                .raw(envelope.metaJson().canonical())
                .raw(",\"name\":")
                .string(envelope.name())
                .raw(",\"notBefore\":");
        time(json, envelope.notBefore())
                .raw(",\"priority\":")
                .raw(envelope.priority())
                .raw(",\"queue\":")
                .string(envelope.queue())
                .raw(",\"visibilityTimeoutMs\":")
                .raw(String.valueOf(envelope.visibilityTimeoutMs()))
                .raw("}");
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Any value as it stands in the signed bytes: compact, keys sorted at every depth. */
    public static String canonical(JsonNode value) {
        return new DartJson(true, PART).node(value).toString();
    }

    /** One line of JSON; the delivery state is a further member when it is not fresh. */
    public static String json(Message message) {
        DartJson json = new DartJson(false, WHOLE);
        json(json, message);
        return json.toString();
    }

    static void json(DartJson json, Message message) {
        Envelope envelope = message.envelope();
        json.raw("{\"id\":")
                .string(envelope.id())
                .raw(",\"name\":")
                .string(envelope.name())
                .raw(",\"args\":")
                .raw(envelope.argsJson().text())
                .raw(",\"headers\":")
                .strings(envelope.headers(), Set.of())
                .raw(",\"enqueuedAt\":")
                .string(DartTime.text(envelope.enqueuedAt()))
                .raw(",\"notBefore\":");
        time(json, envelope.notBefore())
                .raw(",\"priority\":")
                .raw(envelope.priority())
                .raw(",\"attempt\":")
                .raw(envelope.attempt())
                .raw(",\"maxRetries\":")
                .raw(envelope.maxRetries())
                .raw(",\"visibilityTimeout\":")
                .raw(String.valueOf(envelope.visibilityTimeoutMs()))
                .raw(",\"queue\":")
                .string(envelope.queue())
                .raw(",\"meta\":")
                .raw(envelope.metaJson().text());
        delivery(json, message.state());
        json.raw("}");
    }

    private static void delivery(DartJson json, DeliveryState state) {
        if (!state.equals(DeliveryState.FRESH)) {
            json.raw(",\"delivery\":{\"attempt\":").raw(state.attempt()).raw(",\"notBefore\":");
            time(json, state.notBefore()).raw(",\"firstSeen\":");
            time(json, state.firstSeen()).raw("}");
        }
    }

    private static DartJson time(DartJson json, @Nullable Instant time) {
        return time == null ? json.raw("null") : json.string(DartTime.text(time));
    }

    /** @throws EnvelopeRefused when it is no envelope, with the member's name */
    public static Message ofJson(String json) {
        return EnvelopeParser.ofJson(json);
    }

    /** As {@link #ofJson(String)}, for texts of untrusted senders: what is longer is refused unread. */
    public static Message ofJson(String json, int most) {
        refuseUnread(json.length(), most);
        return ofJson(json);
    }

    /** In the order of the wire. */
    public static Map<String, String> fields(Message message) {
        Map<String, String> fields = LinkedHashMap.newLinkedHashMap(15);
        eachField(message, fields::put);
        return fields;
    }

    /** Tells every name with its value, in the order of the wire. */
    public static void eachField(Message message, BiConsumer<String, String> fields) {
        Envelope envelope = message.envelope();
        fields.accept("id", envelope.id());
        fields.accept("name", envelope.name());
        fields.accept("args", envelope.argsJson().text());
        fields.accept(
                "headers",
                new DartJson(false, PART).strings(envelope.headers(), Set.of()).toString());
        fields.accept("enqueuedAt", DartTime.text(envelope.enqueuedAt()));
        fields.accept("notBefore", orEmpty(envelope.notBefore()));
        fields.accept("priority", Integer.toString(envelope.priority()));
        fields.accept("attempt", Integer.toString(envelope.attempt()));
        fields.accept("maxRetries", Integer.toString(envelope.maxRetries()));
        Long visibility = envelope.visibilityTimeoutMs();
        fields.accept("visibilityTimeout", visibility == null ? "" : visibility.toString());
        fields.accept("queue", envelope.queue());
        fields.accept("meta", envelope.metaJson().text());
        DeliveryState state = message.state();
        if (!state.equals(DeliveryState.FRESH)) {
            fields.accept(ATTEMPT, Integer.toString(state.attempt()));
            fields.accept(NOT_BEFORE, orEmpty(state.notBefore()));
            fields.accept(FIRST_SEEN, orEmpty(state.firstSeen()));
        }
    }

    private static String orEmpty(@Nullable Instant time) {
        return time == null ? "" : DartTime.text(time);
    }

    /** Unknown fields are ignored. @throws EnvelopeRefused when they are no envelope, with the field's name */
    public static Message ofFields(Map<String, String> fields) {
        return EnvelopeParser.ofFields(fields);
    }

    /**
     * As {@link #ofFields(Map)}, for fields of untrusted senders.
     *
     * @param most longest sum of the fields, in characters; what is longer is refused unread
     */
    public static Message ofFields(Map<String, String> fields, int most) {
        long length = 0;
        for (String value : fields.values()) {
            length += value.length();
        }
        refuseUnread(length, most);
        return ofFields(fields);
    }

    /** For producers. Readers accept a little more, because a signature and the delivery state are added on the way. @throws EnvelopeRefused when it is longer */
    public static void refuseLonger(long length, int most) {
        if (length > most) {
            throw new EnvelopeRefused("the envelope is longer than " + most + " characters (STEM_MAX_ENVELOPE_BYTES)");
        }
    }

    /** Longest text that a reader reads, and that is kept of what is no envelope. */
    public static int maxUnread(int most) {
        return (int) Math.min(Integer.MAX_VALUE, (long) most + ADDED_ON_THE_WAY);
    }

    /** At most so many characters, and half an emoji at the end becomes none. */
    public static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        boolean half = length > 0 && Character.isHighSurrogate(text.charAt(length - 1));
        return text.substring(0, half ? length - 1 : length);
    }

    private static void refuseUnread(long length, int most) {
        if (length > maxUnread(most)) {
            refuseLonger(length, most);
        }
    }
}
