package bulwark.kernel.tls;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** TLS material that must not be used; the message names the file and the remedy. */
public final class TlsRefused extends OperatorError {
    public TlsRefused(String message) {
        super(ExitCode.FAILED, message);
    }
}
