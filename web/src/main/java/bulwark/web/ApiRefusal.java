package bulwark.web;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a handler refuses, by its meaning. The status and the form on the wire are the part's own: its {@link Service.Errors} gives
 * them. Costs no stack trace, because callers can cause it as often as they like. Immutable.
 */
public sealed class ApiRefusal extends RuntimeException permits FieldsRefused {
    private final Kind kind;
    private final String code;
    private final transient Map<String, ? extends @Nullable Object> members;

    /** What is wrong, in general: what a caller that does not know the code can act on. */
    public enum Kind {
        /** A value that cannot be read, or that names nothing there is. */
        MALFORMED,
        /** A value that can be read, and does not go with the others or with what is stored. */
        INVALID,
        /** The caller is no longer known. */
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        /** What is stored stands against it. */
        CONFLICT,
        /** This program does not do that. */
        UNSUPPORTED,
        /** It can be done at another time. */
        UNAVAILABLE
    }

    /**
     * @param code stable name, for the wire, metrics and evidence: lower case with underscores
     * @param sentence for people, with the remedy
     */
    public ApiRefusal(Kind kind, String code, String sentence) {
        this(kind, code, sentence, Map.of());
    }

    /** @param members what programs may want to know beside the code; JSON-writable */
    public ApiRefusal(Kind kind, String code, String sentence, Map<String, ? extends @Nullable Object> members) {
        super(sentence, null, false, false);
        this.kind = kind;
        this.code = code;
        this.members = members;
    }

    public Kind kind() {
        return kind;
    }

    public String code() {
        return code;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }

    public Map<String, ? extends @Nullable Object> members() {
        return members;
    }
}
