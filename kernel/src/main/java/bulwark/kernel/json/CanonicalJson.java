package bulwark.kernel.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The byte form that is hashed and signed: members sorted by key, no spaces, raw UTF-8, only {@code "}, {@code \} and
 * U+0000–U+001F escaped. Numbers: integers exact; doubles in Python's {@code repr} form ({@link PythonFloat}). Not RFC 8785.
 * Values: String, Boolean, Integer/Long/BigInteger, Double, null, Map with String keys, List.
 */
public final class CanonicalJson {
    private CanonicalJson() {}

    /** Source of the form: Stigmem spec-21. */
    public static byte[] bytes(Map<String, ? extends @Nullable Object> object) {
        throw new UnsupportedOperationException("skeleton");
    }

    public static String text(Map<String, ? extends @Nullable Object> object) {
        throw new UnsupportedOperationException("skeleton");
    }
}
