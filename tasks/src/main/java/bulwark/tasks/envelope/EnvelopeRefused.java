package bulwark.tasks.envelope;

/** The bytes are no envelope. The message names the field and the fault and quotes nothing of the content. */
public final class EnvelopeRefused extends RuntimeException {
    public EnvelopeRefused(String message) {
        super(message, null, false, false);
    }
}
