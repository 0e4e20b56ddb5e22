package bulwark.gateway.route;

import java.util.Locale;

/** Why a path is refused rather than read: two programs could read it as two paths. The order is that of the sentences in the reference. */
public enum PathFault {
    NOT_A_PATH("The request target must be a path that begins with a slash."),
    UNENCODED("The request target holds a character that must be percent-encoded."),
    BAD_PERCENT("A percent sign in the path needs two hexadecimal digits behind it."),
    NOT_UTF8("The percent-encoded bytes of the path are not UTF-8."),
    NUL("The path holds a NUL byte; leave it out."),
    CONTROL_CHARACTER("The path holds an encoded control character; leave it out."),
    BACKSLASH("The path holds a backslash, which some programs read as a slash; leave it out."),
    DOUBLE_SLASH("The path holds two slashes in a row, which some programs read as one; write one."),
    DOT_SEGMENT("The path holds a segment of one or two dots; write the path that is meant."),
    ENCODED_SLASH(
            "The path holds an encoded slash, which some programs read as a slash; a route takes it with allow_encoded_slash.");

    private final String sentence;
    private final PathRefused refused;

    PathFault(String sentence) {
        this.sentence = sentence;
        this.refused = new PathRefused(this, sentence);
    }

    /** Stable, for metrics and evidence. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For the caller, with the remedy. */
    public String sentence() {
        return sentence;
    }

    PathRefused refused() {
        return refused;
    }
}
