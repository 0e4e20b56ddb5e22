package bulwark.tasks.handler;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import java.util.List;

/** Handlers that cannot stand beside each other, or methods that cannot be handlers: every fault, a sentence each. */
public final class HandlersRefused extends OperatorError {
    public HandlersRefused(List<String> problems) {
        super(ExitCode.FAILED, problems, null);
    }
}
