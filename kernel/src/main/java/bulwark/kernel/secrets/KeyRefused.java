package bulwark.kernel.secrets;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** A key or key file that must not be used; the message is a sentence with a remedy and holds no secret. */
public final class KeyRefused extends OperatorError {
    public KeyRefused(String message) {
        super(ExitCode.FAILED, message);
    }
}
