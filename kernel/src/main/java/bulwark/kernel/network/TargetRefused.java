package bulwark.kernel.network;

import java.util.Locale;

/** A URL that names no place to connect to, or one in a spelling that programs read differently. The message is a sentence for whoever wrote the URL. */
public final class TargetRefused extends Exception {
    private final Reason reason;

    /** Stable. */
    public enum Reason {
        EMPTY,
        NO_URL,
        SCHEME,
        USER_INFO,
        PORT,
        HOST;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    TargetRefused(Reason reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
