package bulwark.kernel.evidence.export;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** An export that could not be made, or a file that is none; the message is a sentence. */
public final class ExportRefused extends OperatorError {
    public ExportRefused(String message) {
        super(ExitCode.FAILED, message);
    }
}
