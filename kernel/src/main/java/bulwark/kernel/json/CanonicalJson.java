package bulwark.kernel.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The byte form that is hashed and signed: members sorted by code point of the name, no spaces, raw UTF-8, only {@code "}, {@code \} and
 * U+0000–U+001F escaped. Numbers: integers exact; doubles in Python's {@code repr} form ({@link PythonFloat}). Not RFC 8785.
 * Values: String, Boolean, Integer/Long/BigInteger, Double, null, Map with String keys, List, and the nodes that
 * {@link StrictJson#parse} returns. Anything else, a number that is not finite and a lone surrogate are an
 * {@link IllegalArgumentException}. Thread-safe.
 */
public final class CanonicalJson {
    private CanonicalJson() {}

    /** Source of the form: Stigmem spec-21. */
    public static byte[] bytes(Map<String, ? extends @Nullable Object> object) {
        return written(object).bytes();
    }

    /** The same form of a parsed object, for a signature that an untrusted sender made over what it sent. */
    public static byte[] bytes(JsonNode object) {
        return written(object).bytes();
    }

    /** The text of {@link #bytes(Map)}. */
    public static String text(Map<String, ? extends @Nullable Object> object) {
        return written(object).toString();
    }

    /** Appends one value of the form, for a writer that knows its members and their order: {@code null} or the quoted text. */
    public static void append(StringBuilder out, @Nullable String text) {
        if (text == null) {
            out.append("null");
        } else {
            JsonString.append(out, text, JsonString.LoneSurrogate.REFUSED);
        }
    }

    private static JsonWriter written(Object value) {
        JsonWriter text = new JsonWriter(true);
        text.value(value);
        return text;
    }
}
