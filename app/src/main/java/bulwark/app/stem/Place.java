package bulwark.app.stem;

import bulwark.kernel.config.Configuration;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.setup.Tasks;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which settings a command goes by: those of the environment and of {@code .env} in a folder. Unknown STEM_ names are none of a command's business. */
final class Place {
    private final Session session;
    private final Map<String, String> overrides = new HashMap<>();

    @Option(
            names = "--state",
            paramLabel = "FOLDER",
            description =
                    "Folder whose .env has the settings, and against which their paths are read (default: this one).")
    private @Nullable Path state;

    @Option(names = "--broker", paramLabel = "URL", description = "Instead of STEM_BROKER_URL.")
    private @Nullable String broker;

    Place(Session session) {
        this.session = session;
    }

    Session session() {
        return session;
    }

    Path directory() {
        return state == null
                ? session.directory()
                : session.directory().resolve(state).normalize();
    }

    /** Goes before the environment. */
    void instead(String name, String value) {
        overrides.put(name, value);
    }

    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(session.environment());
        overrides.forEach((name, value) -> {
            environment.remove(name + "_FILE");
            environment.put(name, value);
        });
        if (broker != null) {
            environment.remove("STEM_BROKER_URL_FILE");
            environment.put("STEM_BROKER_URL", broker);
        }
        return environment;
    }

    Configuration configuration() {
        Configuration configuration = Configuration.readLenient(TaskSettings.schema(), environment(), directory());
        configuration.warnings().forEach(warning -> session.err().println("warning: " + warning));
        return configuration;
    }

    Tasks open() {
        return Tasks.open(configuration(), directory(), session.clock());
    }
}
