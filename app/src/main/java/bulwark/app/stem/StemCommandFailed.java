package bulwark.app.stem;

/** A command cannot go on; the message is a sentence with the next step. */
final class StemCommandFailed extends RuntimeException {
    /** What was asked for cannot be right: options, files, settings. */
    static final int USAGE = 64;
    /** Something else did not do its part: a broker, a network, a process. */
    static final int UNAVAILABLE = 70;
    /** Asked and answered in the negative: not found, not in time. */
    static final int NEGATIVE = 1;

    private final int code;

    StemCommandFailed(int code, String sentence) {
        super(sentence, null, false, false);
        this.code = code;
    }

    static StemCommandFailed usage(String sentence) {
        return new StemCommandFailed(USAGE, sentence);
    }

    int code() {
        return code;
    }
}
