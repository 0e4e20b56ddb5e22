package bulwark.seats.send;

import java.util.Set;

/** A plan is not sent now, and nothing was signed for it. Costs no stack trace. */
public final class SendRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A person need not do anything about the plan itself. */
    private static final Set<String> PASSING = Set.of(
            "CHAIN_UNKNOWN",
            "EVIDENCE_FAILED",
            "FEES_DISAGREE",
            "FEE_ABOVE_CEILING",
            "HISTORY_ROLLED_BACK",
            "NONCE_UNKNOWN",
            "PREFLIGHT_FAILED",
            "SENDS_PAUSED");

    private final String code;

    SendRefused(String code, String sentence) {
        super(sentence, null, false, false);
        this.code = code;
    }

    /** Stable, in upper case. */
    public String code() {
        return code;
    }

    /** Whether the same plan may be sent later. */
    boolean isPassing() {
        return PASSING.contains(code);
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
