package bulwark.seats.deposit;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** Signatures cannot be verified now; whether this one is good is not known. */
public final class BlsFailed extends OperatorError {
    private static final long serialVersionUID = 1L;

    BlsFailed(String sentence) {
        super(ExitCode.FAILED, sentence);
    }
}
