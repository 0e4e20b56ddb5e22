package bulwark.gateway.possession;

/** A proof that does not hold, inside of its check. The message is a phrase for the caller. */
final class ProofRefused extends RuntimeException {
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
