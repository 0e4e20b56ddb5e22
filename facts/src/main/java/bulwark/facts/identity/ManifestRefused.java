package bulwark.facts.identity;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;

/** A manifest that must not be believed; the message is a sentence. */
public final class ManifestRefused extends OperatorError {
    public ManifestRefused(String message) {
        super(ExitCode.FAILED, message);
    }

    /** Untrusted senders can cause it as often as they like: it costs no stack trace. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
