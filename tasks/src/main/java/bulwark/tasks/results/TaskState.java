package bulwark.tasks.results;

import java.util.Locale;

/** On the wire in lower case. */
public enum TaskState {
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    RETRIED,
    CANCELLED;

    public boolean terminal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException for an unknown name */
    public static TaskState ofWire(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
