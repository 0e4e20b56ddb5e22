package bulwark.kernel.signing;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** A PKCS#11 token did not do what it was asked; the sentence says what to look at. */
public final class Pkcs11Failed extends OperatorError {
    private static final long serialVersionUID = 1L;

    Pkcs11Failed(String sentence) {
        super(ExitCode.FAILED, sentence);
    }
}
