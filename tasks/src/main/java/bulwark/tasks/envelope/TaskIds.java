package bulwark.tasks.envelope;

import java.time.Clock;

/** Ids of tasks: UUIDv7 in lower case, so that they sort by time. Thread-safe. */
public final class TaskIds {
    private TaskIds() {}

    public static String next(Clock clock) {
        throw new UnsupportedOperationException("skeleton");
    }
}
