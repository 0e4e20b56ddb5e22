package bulwark.facts.snapshot;

/** A snapshot that must not be believed or restored; the message is a sentence with a remedy. */
public final class SnapshotRefused extends RuntimeException {
    public SnapshotRefused(String message) {
        super(message, null, false, false);
    }
}
