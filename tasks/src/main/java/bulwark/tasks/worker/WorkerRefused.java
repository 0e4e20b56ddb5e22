package bulwark.tasks.worker;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import java.util.List;

/** Why a worker does not start: every reason, a sentence with a remedy each. */
public final class WorkerRefused extends OperatorError {
    public WorkerRefused(List<String> problems) {
        super(ExitCode.SETTINGS, problems, null);
    }
}
