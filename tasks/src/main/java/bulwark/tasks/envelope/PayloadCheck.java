package bulwark.tasks.envelope;

import java.math.BigDecimal;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The limits of every JSON value that travels or is kept: arguments, meta and results. What passes here can be written, and what was written can be read back. Producers, workers and
 * readers all ask this class. Not thread-safe.
 */
public final class PayloadCheck {
    /** Deepest nesting. Readers accept a little more, because envelopes, statuses and dead letters wrap values. */
    public static final int MAX_DEPTH = 90;
    /** Longest whole number in a result, in bits; arguments are bound to 64. */
    private static final int MAX_INTEGER_BITS = 3_000;

    private static final int MAX_DECIMAL_DIGITS = 1_000;

    private final String field;
    private final long maxBytes;
    private final int maxIntegerBits;
    private long bytes;

    private PayloadCheck(String field, long maxBytes, int maxIntegerBits) {
        this.field = field;
        this.maxBytes = maxBytes;
        this.maxIntegerBits = maxIntegerBits;
    }

    /** Of what is signed: whole numbers have 64 bits at most. @return about how many bytes it has as JSON @throws PayloadRefused naming the field */
    public static long signed(String field, JsonNode value, long maxBytes) {
        return new PayloadCheck(field, maxBytes, Long.SIZE - 1).checked(value);
    }

    /** Of a result. @throws PayloadRefused naming the field */
    public static long result(JsonNode value, long maxBytes) {
        return new PayloadCheck("the result", maxBytes, MAX_INTEGER_BITS).checked(value);
    }

    /** @throws PayloadRefused when it holds a surrogate without its other half */
    public static void text(String field, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new PayloadRefused(field + " holds half a character (a surrogate without its other half)");
            }
        }
    }

    private long checked(JsonNode value) {
        node(value, 0);
        return bytes;
    }

    private void node(JsonNode node, int depth) {
        if (depth > MAX_DEPTH) {
            throw new PayloadRefused(field + " is nested deeper than " + MAX_DEPTH);
        }
        switch (node.getNodeType()) {
            case OBJECT -> {
                add(2);
                for (Map.Entry<String, JsonNode> member : node.properties()) {
                    string(member.getKey());
                    add(2);
                    node(member.getValue(), depth + 1);
                }
            }
            case ARRAY -> {
                add(2);
                for (JsonNode element : node) {
                    add(1);
                    node(element, depth + 1);
                }
            }
            case STRING -> string(node.stringValue());
            case NUMBER -> number(node);
            case BOOLEAN, NULL -> add(4);
            default ->
                throw new PayloadRefused(field + " holds a " + node.getNodeType()
                        + " node, which has no JSON form: use texts, numbers, booleans, lists and maps");
        }
    }

    private void add(long more) {
        bytes += more;
        if (bytes > maxBytes) {
            throw new PayloadRefused(field + " is longer than " + maxBytes + " bytes");
        }
    }

    private void string(String text) {
        add(2L + text.length());
        text(field, text);
        long wide = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            wide += c < 0x20 ? 5 : c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        add(wide);
    }

    private void number(JsonNode node) {
        if (node.isIntegralNumber()) {
            if (!node.canConvertToLong() && node.bigIntegerValue().bitLength() > maxIntegerBits) {
                throw new PayloadRefused(field + " holds a whole number beyond "
                        + (maxIntegerBits == Long.SIZE - 1 ? "64" : maxIntegerBits) + " bits");
            }
            add(node.canConvertToLong() ? 8 : 20);
            return;
        }
        if (node.numberValue() instanceof BigDecimal decimal
                && (decimal.precision() > MAX_DECIMAL_DIGITS
                        || Math.abs((long) decimal.scale()) > MAX_DECIMAL_DIGITS)) {
            throw new PayloadRefused(field + " holds a decimal number of too many digits");
        }
        if (!Double.isFinite(node.doubleValue())) {
            throw new PayloadRefused(field + " holds a number that is not finite");
        }
        add(8);
    }
}
