package bulwark.facts.snapshot;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** A snapshot that must not be believed or restored; the message is a sentence with a remedy. */
public final class SnapshotRefused extends OperatorError {
    public SnapshotRefused(String message) {
        super(ExitCode.FAILED, message);
    }
}
