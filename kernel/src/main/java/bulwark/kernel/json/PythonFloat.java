package bulwark.kernel.json;

/** Shortest round-trip decimal text of a double, laid out as Python's {@code repr(float)} lays it out. */
public final class PythonFloat {
    private PythonFloat() {}

    /** @param value finite */
    public static String repr(double value) {
        throw new UnsupportedOperationException("skeleton");
    }
}
