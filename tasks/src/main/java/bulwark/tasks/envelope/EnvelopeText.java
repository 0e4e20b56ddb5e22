package bulwark.tasks.envelope;

import java.util.Map;

/**
 * Every text form of an envelope: the bytes that are signed, the JSON of delayed and dead messages, and the flat fields of a stream entry. Source of
 * the forms: Stem 0.2. Thread-safe.
 */
public final class EnvelopeText {
    private EnvelopeText() {}

    /** The bytes under the signature. */
    public static byte[] canonical(Envelope envelope) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** One line of JSON; the delivery state is a further member when it is not fresh. */
    public static String json(Message message) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** @throws EnvelopeRefused when it is no envelope, with the member's name */
    public static Message ofJson(String json) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** In the order of the wire. */
    public static Map<String, String> fields(Message message) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Unknown fields are ignored. @throws EnvelopeRefused when they are no envelope, with the field's name */
    public static Message ofFields(Map<String, String> fields) {
        throw new UnsupportedOperationException("skeleton");
    }
}
