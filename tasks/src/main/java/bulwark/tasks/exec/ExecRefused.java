package bulwark.tasks.exec;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import java.util.List;

/** Faults of the file that names programs, a sentence each. */
public final class ExecRefused extends OperatorError {
    public ExecRefused(List<String> problems) {
        super(ExitCode.SETTINGS, problems, null);
    }
}
