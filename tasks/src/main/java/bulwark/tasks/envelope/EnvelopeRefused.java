package bulwark.tasks.envelope;

/** The bytes are no envelope. The message names the field and the fault and quotes nothing of the content. */
public final class EnvelopeRefused extends IllegalArgumentException {
    public EnvelopeRefused(String message) {
        super(message);
    }

    /** Strangers can cause it as often as they like: it costs no stack trace. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
