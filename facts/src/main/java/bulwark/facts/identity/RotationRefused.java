package bulwark.facts.identity;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** A rotation that did not happen; the message is what the command prints after {@code error: }. */
public final class RotationRefused extends OperatorError {
    private final int status;

    RotationRefused(int status, String message) {
        super(ExitCode.FAILED, message);
        this.status = status;
    }

    /** The HTTP status of the owner route's answer. */
    public int status() {
        return status;
    }
}
