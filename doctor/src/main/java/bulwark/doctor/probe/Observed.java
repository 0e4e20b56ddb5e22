package bulwark.doctor.probe;

/**
 * What was expected, what was seen, and the verdict that follows. There is no verdict without both sentences.
 *
 * @param expected what a sound deployment shows
 * @param seen what this one showed; never a secret
 */
public record Observed(String expected, String seen, Verdict verdict) {
    public Observed {
        if (expected.isBlank() || seen.isBlank()) {
            throw new IllegalArgumentException("a verdict needs what was expected and what was seen");
        }
    }

    public static Observed pass(String expected, String seen) {
        return new Observed(expected, seen, Verdict.PASS);
    }

    public static Observed warn(String expected, String seen) {
        return new Observed(expected, seen, Verdict.WARN);
    }

    public static Observed fail(String expected, String seen) {
        return new Observed(expected, seen, Verdict.FAIL);
    }

    /** Pass where it holds, else fail. */
    public static Observed of(boolean holds, String expected, String seen) {
        return holds ? pass(expected, seen) : fail(expected, seen);
    }

    /** @param reason why the control does not apply to this target */
    public static Observed skip(String expected, String reason) {
        return new Observed(expected, reason, Verdict.SKIP);
    }

    /** @param reason why nobody could look */
    public static Observed error(String expected, String reason) {
        return new Observed(expected, reason, Verdict.ERROR);
    }
}
