package bulwark.seats.signer;

/** Why nothing was signed. Costs no stack trace. */
public final class SigningRefused extends RuntimeException {
    private final String code;

    public SigningRefused(String code, String sentence) {
        super(sentence, null, false, false);
        this.code = code;
    }

    /** Stable, in upper case. */
    public String code() {
        return code;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
