package bulwark.app;

import java.nio.file.Path;
import java.util.Map;

/** Where the platform's jobs find the other parts: named by {@code up}, in names of their own, and absent in any other worker. */
record PlatformFolders(Path facts, Path tasks, Path exports) {
    static final String FACTS = "BULWARK_FACTS_FOLDER";
    static final String TASKS = "BULWARK_TASKS_FOLDER";
    static final String EXPORTS = "BULWARK_EXPORTS_FOLDER";

    /** @throws IllegalStateException outside of {@code up} */
    static PlatformFolders of(Map<String, String> environment) {
        return new PlatformFolders(
                folder(environment, FACTS), folder(environment, TASKS), folder(environment, EXPORTS));
    }

    private static Path folder(Map<String, String> environment, String name) {
        String path = environment.getOrDefault(name, "");
        if (path.isEmpty()) {
            throw new IllegalStateException("this worker was not started by ./bulwark up, so " + name
                    + " is not set: the platform's jobs run only there");
        }
        return Path.of(path);
    }

    Path factsStore() {
        return facts.resolve("stigmem.db");
    }
}
