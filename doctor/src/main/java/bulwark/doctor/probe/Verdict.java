package bulwark.doctor.probe;

import java.util.Locale;

/** How an observation is judged. There is no score: each stands for itself. */
public enum Verdict {
    /** The control works: it was seen. */
    PASS,
    /** It holds here, and a production deployment does more; the observation says what. */
    WARN,
    /** It was seen not to hold. */
    FAIL,
    /** Nobody could look. Never hidden, and never a pass. */
    ERROR,
    /** It does not apply to this target; the observation says why. Counts neither way. */
    SKIP;

    /** As reports write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
