package bulwark.tasks.setup;

import bulwark.kernel.config.Configuration;

/** Every {@code STEM_*} name, its kind and its default. */
public final class TaskSettings {
    private TaskSettings() {}

    public static Configuration.Schema schema() {
        throw new UnsupportedOperationException("skeleton");
    }
}
