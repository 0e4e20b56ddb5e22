package bulwark.app.up;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The folder of all parts under {@code up}. A process that runs the platform's jobs gets it in an environment variable; any other has none.
 *
 * @param root absolute
 */
public record StateFolder(Path root) {
    private static final String VARIABLE = "BULWARK_STATE_FOLDER";

    /** @throws IllegalStateException outside of {@code up} */
    public static StateFolder of(Map<String, String> environment) {
        String path = environment.getOrDefault(VARIABLE, "");
        if (path.isEmpty()) {
            throw new IllegalStateException("this worker was not started by ./bulwark up, so " + VARIABLE
                    + " is not set: the platform's jobs run only there");
        }
        return new StateFolder(Path.of(path));
    }

    /** Empty outside of {@code up}. */
    public static Optional<StateFolder> find(Map<String, String> environment) {
        return environment.getOrDefault(VARIABLE, "").isEmpty() ? Optional.empty() : Optional.of(of(environment));
    }

    /** What a child is given that runs the platform's jobs. */
    public Map<String, String> environment() {
        return Map.of(VARIABLE, root.toString());
    }

    /** Keys, settings and data of one part. */
    public Path of(Part part) {
        return root.resolve(part.name());
    }

    /** Signed copies of evidence. */
    public Path exports() {
        return root.resolve("exports");
    }
}
