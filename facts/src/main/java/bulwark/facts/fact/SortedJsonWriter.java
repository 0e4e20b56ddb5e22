package bulwark.facts.fact;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.PythonFloat;
import org.jspecify.annotations.Nullable;

/**
 * The canonical JSON of {@link CanonicalJson}, written member by member for the hot path: the caller
 * gives the members in ascending order of their names, so nothing is collected and sorted. For one thread.
 */
public final class SortedJsonWriter {
    private final StringBuilder out;

    public SortedJsonWriter(int expectedLength) {
        out = new StringBuilder(expectedLength).append('{');
    }

    public SortedJsonWriter text(String name, @Nullable String value) {
        name(name);
        CanonicalJson.append(out, value);
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
}
