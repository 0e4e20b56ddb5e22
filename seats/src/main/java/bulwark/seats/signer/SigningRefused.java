package bulwark.seats.signer;

/** Why nothing was signed. Costs no stack trace. */
public final class SigningRefused extends RuntimeException {
    private final String code;
    private final String reason;

    public SigningRefused(String code, String sentence) {
        this(code, "", sentence);
    }

    /** @param reason what made the code come, for the codes that come of more than one thing */
    SigningRefused(String code, String reason, String sentence) {
        super(sentence, null, false, false);
        this.code = code;
        this.reason = reason;
    }

    /** Stable, in upper case. */
    public String code() {
        return code;
    }

    /** Stable, in upper case: of {@code SIGNER_UNAVAILABLE} the fault of the key; empty where the code says all. */
    public String reason() {
        return reason;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
