package bulwark.tasks.schedule;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import java.util.List;

/** A schedule's text is no schedule. Every fault is a sentence that names the schedule, where it is known, and the field. */
public final class ScheduleRefused extends OperatorError {
    public ScheduleRefused(List<String> faults) {
        super(ExitCode.SETTINGS, faults, null);
    }

    /** Untrusted senders can cause it as often as they like: it costs no stack trace. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
