package bulwark.kernel.rotation;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** A rotation cannot be begun, resumed or abandoned; the message is a sentence with the remedy. */
public final class RotationRefused extends OperatorError {
    RotationRefused(String sentence) {
        super(ExitCode.FAILED, sentence);
    }
}
