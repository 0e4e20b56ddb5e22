package bulwark.facts.fact;

import bulwark.kernel.json.PythonFloat;
import org.jspecify.annotations.Nullable;

/**
 * The canonical JSON of {@link bulwark.kernel.json.CanonicalJson}, written member by member for the hot path: the caller
 * gives the members in ascending order of their names, so nothing is collected and sorted. For one thread.
 */
public final class SortedJsonWriter {
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder out;

    public SortedJsonWriter(int expectedLength) {
        out = new StringBuilder(expectedLength).append('{');
    }

    public SortedJsonWriter text(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            out.append("null");
        } else {
            quoted(value);
        }
        return this;
    }

    public SortedJsonWriter number(String name, @Nullable Long value) {
        name(name);
        out.append(value);
        return this;
    }

    /** In Python's form, so 1 is {@code 1.0}. */
    public SortedJsonWriter decimal(String name, double value) {
        name(name);
        out.append(value == 1.0 ? "1.0" : PythonFloat.repr(value));
        return this;
    }

    public String finish() {
        return out.append('}').toString();
    }

    private void name(String name) {
        if (out.length() > 1) {
            out.append(',');
        }
        out.append('"').append(name).append("\":");
    }

    private void quoted(String text) {
        out.append('"');
        int clean = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c != '"' && c != '\\') {
                continue;
            }
            out.append(text, clean, i);
            escape(c);
            clean = i + 1;
        }
        if (clean == 0) {
            out.append(text).append('"');
        } else {
            out.append(text, clean, text.length()).append('"');
        }
    }

    private void escape(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\b' -> out.append("\\b");
            case '\t' -> out.append("\\t");
            case '\n' -> out.append("\\n");
            case '\f' -> out.append("\\f");
            case '\r' -> out.append("\\r");
            default -> out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
        }
    }
}
