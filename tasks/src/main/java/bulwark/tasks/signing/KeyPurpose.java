package bulwark.tasks.signing;

import java.util.Locale;

/** What a key may sign. */
public enum KeyPurpose {
    /** Tasks, those of beats among them, and queue events. */
    TASKS,
    /** Commands to workers, and their replies. */
    CONTROL;

    /** As in settings. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
