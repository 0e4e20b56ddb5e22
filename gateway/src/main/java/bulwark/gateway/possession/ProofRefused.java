package bulwark.gateway.possession;

/** A proof that does not hold, inside of its check. The message is a phrase for the caller. */
final class ProofRefused extends RuntimeException {
    /** The caller sends more proofs than one caller may. */
    static final String SHARE_USED_UP = "share_used_up";

    /** Nothing is known of the proof, and the caller is not to blame. */
    static final String STORE_FULL = "store_full";

    private final String result;

    /** @param result label of the metric */
    ProofRefused(String result, String phrase) {
        super(phrase, null, false, false);
        this.result = result;
    }

    String result() {
        return result;
    }

    String phrase() {
        return String.valueOf(getMessage());
    }
}
