package bulwark.kernel.storage;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** A file that this program must not touch; a sentence with a remedy. */
public class StoreRefused extends OperatorError {
    public StoreRefused(String message) {
        super(ExitCode.FAILED, message);
    }
}
