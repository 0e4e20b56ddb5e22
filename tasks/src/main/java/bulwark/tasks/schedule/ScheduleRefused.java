package bulwark.tasks.schedule;

import java.util.List;

/** A schedule's text is no schedule. Every fault is a sentence that names the schedule, where it is known, and the field. */
public final class ScheduleRefused extends RuntimeException {
    private final List<String> faults;

    public ScheduleRefused(List<String> faults) {
        super(String.join(System.lineSeparator(), faults), null, false, false);
        this.faults = List.copyOf(faults);
    }

    public List<String> faults() {
        return faults;
    }
}
