package bulwark.tasks.broker;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The broker did not answer or could not keep what it was given: the outcome is unknown, and repeating is safe. The message is a sentence with a remedy. */
public final class BrokerUnavailable extends OperatorError {
    public BrokerUnavailable(String message, @Nullable Throwable cause) {
        super(ExitCode.FAILED, List.of(message), cause);
    }
}
