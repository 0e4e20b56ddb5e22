package bulwark.tasks.execution;

import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.PayloadCheck;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Encodings of arguments and results. {@code json} leaves values as they are; {@code base64} turns a text, and only a text, into the base64 of its UTF-8, as the example of
 * Stem 0.2 does; arguments are always an object, which both leave alone. Bytes are always {@code base64}.
 */
final class PayloadEncoding {
    static final String JSON = "json";
    static final String BASE64 = "base64";
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private PayloadEncoding() {}

    /** @param encoder for the reader of the payload */
    record Encoded(@Nullable JsonNode payload, String encoder) {}

    /** @throws IllegalArgumentException when the encoding is unknown */
    static ObjectNode args(Envelope envelope) {
        String encoder = envelope.headers().getOrDefault("stem-args-encoder", JSON);
        if (!encoder.equals(JSON) && !encoder.equals(BASE64)) {
            throw new IllegalArgumentException("the arguments' encoding is not known here: use json or base64");
        }
        return envelope.args();
    }

    /** @throws IllegalArgumentException when the value has no JSON form, or one that could not be read back */
    static Encoded result(@Nullable Object value, Envelope envelope, int maxBytes) {
        if (envelope.meta().path("stem.ignoreResult").asBoolean(false)) {
            return new Encoded(null, JSON);
        }
        if (value instanceof byte[] bytes) {
            refuseLonger(4L * bytes.length / 3, maxBytes);
            return new Encoded(NODES.stringNode(Base64.getEncoder().encodeToString(bytes)), BASE64);
        }
        String encoder = envelope.meta().path("__stemResultEncoder").asString(JSON);
        JsonNode node = value == null ? null : new ResultNodes(maxBytes).node(value, 0);
        if (node != null) {
            PayloadCheck.result(node, maxBytes);
        }
        if (encoder.equals(BASE64) && node != null && node.isString()) {
            byte[] utf8 = node.stringValue().getBytes(StandardCharsets.UTF_8);
            return new Encoded(NODES.stringNode(Base64.getEncoder().encodeToString(utf8)), BASE64);
        }
        return new Encoded(node, encoder.equals(BASE64) ? BASE64 : JSON);
    }

    private static void refuseLonger(long bytes, int maxBytes) {
        if (bytes > maxBytes) {
            throw new IllegalArgumentException(
                    "the result is longer than " + maxBytes + " bytes (STEM_MAX_RESULT_BYTES)");
        }
    }

    /** Turns values of a handler into nodes, no more than may be kept. */
    private static final class ResultNodes {
        private final int most;
        private int made;

        ResultNodes(int most) {
            this.most = most;
        }

        private JsonNode node(@Nullable Object value, int depth) {
            if (depth > PayloadCheck.MAX_DEPTH) {
                throw new IllegalArgumentException("the result is nested deeper than " + PayloadCheck.MAX_DEPTH);
            }
            refuseLonger(++made, most);
            return switch (value) {
                case null -> NODES.nullNode();
                case JsonNode node -> node;
                case CharSequence text -> NODES.stringNode(text.toString());
                case Boolean bool -> NODES.booleanNode(bool);
                case Integer number -> NODES.numberNode(number.intValue());
                case Long number -> NODES.numberNode(number.longValue());
                case Short number -> NODES.numberNode(number.intValue());
                case Byte number -> NODES.numberNode(number.intValue());
                case Float number -> finite(number.doubleValue());
                case Double number -> finite(number);
                case BigInteger number -> NODES.numberNode(number);
                case BigDecimal number -> NODES.numberNode(number);
                case Map<?, ?> map -> {
                    ObjectNode object = NODES.objectNode();
                    map.forEach((name, member) -> object.set(String.valueOf(name), node(member, depth + 1)));
                    yield object;
                }
                case Collection<?> list -> {
                    ArrayNode array = NODES.arrayNode();
                    list.forEach(element -> array.add(node(element, depth + 1)));
                    yield array;
                }
                default ->
                    throw new IllegalArgumentException(
                            "the result is a " + value.getClass().getName()
                                    + ", which has no JSON form: return a text, number, boolean, list, map or Jackson node");
            };
        }
    }

    private static JsonNode finite(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("the result holds a number that JSON cannot write");
        }
        return NODES.numberNode(number);
    }
}
