package bulwark.kernel.json;

import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/**
 * Parses JSON from untrusted senders: strict RFC 8259 UTF-8; a byte order mark, duplicate keys, trailing bytes, lone surrogates (raw or
 * escaped), NaN, numbers beyond a double and depth over {@value #MAX_DEPTH} are refused. A number without fraction and exponent is an
 * exact integer node; any other is a double, as in Python: {@link #numberText} tells {@code 42}, {@code 42.0} and {@code 1e+21} apart.
 * Thread-safe.
 */
public final class StrictJson {
    /** Deepest nesting of objects and arrays that is read. */
    public static final int MAX_DEPTH = 100;
    /** Longest text of one number, in characters. */
    public static final int MAX_NUMBER_LENGTH = 1000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .build())
            .build();

    private StrictJson() {}

    /** @throws JsonRefused with a sentence and, where known, the byte offset */
    public static JsonNode parse(byte[] utf8) {
        return read(utf8, tokens -> new JsonTreeReader(tokens).document());
    }

    /**
     * Reads a document token by token, without a tree.
     *
     * @param reader takes the tokens of the whole document, from {@link StrictTokens#first} to {@link StrictTokens#end}
     * @throws JsonRefused as {@link #parse} does, except for repeated keys
     */
    public static <T> T read(byte[] utf8, Function<StrictTokens, T> reader) {
        checkEncoding(utf8);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), utf8)) {
            return reader.apply(new StrictTokens(parser));
        } catch (StreamConstraintsException e) {
            throw new JsonRefused(
                    "the JSON is nested deeper than " + MAX_DEPTH
                            + " or holds a name, string or number that is too long",
                    offset(e));
        } catch (JacksonException e) {
            // Jackson's own message quotes the input, which may hold a secret.
            throw new JsonRefused("the body is not well-formed JSON", offset(e));
        }
    }

    /**
     * Compact output in insertion order, for answers (not for signing). Accepts what {@link CanonicalJson} accepts, {@link JsonNode}
     * and {@link RawJson}.
     */
    public static byte[] write(Object value) {
        JsonWriter text = new JsonWriter(false);
        text.value(value);
        return text.bytes();
    }

    /** As people read it: each member and element on a line of its own, two blanks for each depth. Accepts what {@link #write} does. */
    public static String pretty(Object value) {
        JsonWriter text = JsonWriter.onLines();
        text.value(value);
        return text.toString();
    }

    /** As {@link #write}. */
    public static String text(Object value) {
        JsonWriter text = new JsonWriter(false);
        text.value(value);
        return text.toString();
    }

    /**
     * The number as Python's {@code str()} prints the parsed value: integers exact, others as {@link PythonFloat#repr}.
     *
     * @throws IllegalArgumentException when the node is no number
     */
    public static String numberText(JsonNode number) {
        if (!number.isNumber()) {
            throw new IllegalArgumentException("not a number");
        }
        return number.isIntegralNumber() ? number.numberValue().toString() : PythonFloat.repr(number.doubleValue());
    }

    private static void checkEncoding(byte[] utf8) {
        int fault = Utf8.firstFault(utf8);
        if (fault >= 0) {
            throw new JsonRefused("the body is not UTF-8", fault);
        }
        if (utf8.length >= 3 && utf8[0] == (byte) 0xEF && utf8[1] == (byte) 0xBB && utf8[2] == (byte) 0xBF) {
            throw new JsonRefused("the body starts with a byte order mark, which JSON forbids", 0);
        }
        // Jackson takes early NUL bytes for UTF-16 or UTF-32. No JSON text in UTF-8 holds one.
        for (int i = 0; i < Math.min(4, utf8.length); i++) {
            if (utf8[i] == 0) {
                throw new JsonRefused("the body is not JSON in UTF-8", i);
            }
        }
    }

    private static long offset(JacksonException e) {
        return e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
    }

    /** What was wrong with the bytes. The message holds nothing of the input. */
    public static class JsonRefused extends RuntimeException {
        private final long offset;

        public JsonRefused(String message, long offset) {
            super(message, null, false, false);
            this.offset = offset;
        }

        /** Byte offset, or -1. */
        public long offset() {
            return offset;
        }
    }

    /** Well-formed, but an object names a key twice: two readers of one text could see two objects. */
    public static final class DuplicateKey extends JsonRefused {
        private final String key;

        DuplicateKey(String key) {
            super("an object holds the same key twice", -1);
            this.key = key;
        }

        /** As the sender wrote it. */
        public String key() {
            return key;
        }
    }
}
