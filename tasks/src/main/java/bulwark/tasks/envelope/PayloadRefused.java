package bulwark.tasks.envelope;

/** A value that could not be read back if it were written. The message names the field and the fault and quotes nothing of the content. */
public final class PayloadRefused extends IllegalArgumentException {
    PayloadRefused(String message) {
        super(message);
    }
}
