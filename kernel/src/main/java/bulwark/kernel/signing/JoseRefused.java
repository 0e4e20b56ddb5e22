package bulwark.kernel.signing;

import java.util.Locale;

/** A token, proof or key in the forms of JOSE that must not be used. The message is a phrase and holds nothing of the input. */
public final class JoseRefused extends RuntimeException {
    private final Reason reason;

    /** Stable. */
    public enum Reason {
        MALFORMED,
        CRITICAL_HEADER,
        ALGORITHM,
        PRIVATE_KEY,
        KEY;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    JoseRefused(Reason reason, String phrase) {
        super(phrase, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
