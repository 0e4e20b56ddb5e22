package bulwark.kernel.process;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** A file that others than its owner can touch, or that is not what it should be; the message is a sentence with a remedy. */
public final class FileRefused extends OperatorError {
    public FileRefused(String message) {
        super(ExitCode.FAILED, message);
    }
}
