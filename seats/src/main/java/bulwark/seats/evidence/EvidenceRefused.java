package bulwark.seats.evidence;

/** A bundle cannot be written or believed; the message is a sentence with the next step. */
public final class EvidenceRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EvidenceRefused(String sentence) {
        super(sentence, null, false, false);
    }

    EvidenceRefused(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
