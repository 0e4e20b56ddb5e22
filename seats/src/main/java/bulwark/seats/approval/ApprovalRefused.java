package bulwark.seats.approval;

/** An approval does not count, or there are too few. Costs no stack trace. */
public final class ApprovalRefused extends RuntimeException {
    private final String code;

    ApprovalRefused(String code, String sentence) {
        super(sentence, null, false, false);
        this.code = code;
    }

    /** Stable, in upper case. */
    public String code() {
        return code;
    }
}
