package bulwark.kernel.evidence.tlog;

/** A note, proof, key or policy is not what it should be; the message is a sentence that says where. */
public final class NoteRefused extends Exception {
    public NoteRefused(String message) {
        super(message);
    }
}
