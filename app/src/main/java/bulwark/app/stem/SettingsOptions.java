package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.tasks.setup.TaskSettings;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Which settings a command goes by: those of the environment and of {@code .env} in a folder. Unknown STEM_ names are none of a command's business. */
final class SettingsOptions {
    private final CommandContext context;
    private final Map<String, String> overrides = new HashMap<>();

    @Option(
            names = "--state",
            paramLabel = "FOLDER",
            description =
                    "Folder whose .env has the settings, and against which their paths are read (default: this one).")
    private @Nullable Path state;

    @Option(names = "--broker", paramLabel = "URL", description = "Broker URL, overrides STEM_BROKER_URL.")
    private @Nullable String broker;

    SettingsOptions(CommandContext context) {
        this.context = context;
    }

    CommandContext session() {
        return context;
    }

    Path directory() {
        return state == null
                ? context.directory()
                : context.directory().resolve(state).normalize();
    }

    /** Goes before the environment. */
    void instead(String name, String value) {
        overrides.put(name, value);
    }

    /** As {@link #instead}, for a URL that an option gave. */
    void insteadOfUrl(String option, String name, String url) {
        refusePassword(option, name, url);
        instead(name, url);
    }

    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(context.environment());
        overrides.forEach((name, value) -> {
            environment.remove(name + "_FILE");
            environment.put(name, value);
        });
        if (broker != null) {
            refusePassword("--broker", "STEM_BROKER_URL", broker);
            environment.remove("STEM_BROKER_URL_FILE");
            environment.put("STEM_BROKER_URL", broker);
        }
        return environment;
    }

    /** A password may hold any character, also a slash: what stands between the scheme and the last @ is the user's. */
    private static void refusePassword(String option, String setting, String url) {
        int from = url.indexOf("://");
        int to = url.lastIndexOf('@');
        boolean file = url.regionMatches(true, 0, "sqlite:", 0, "sqlite:".length());
        if (!file && from >= 0 && to > from && url.substring(from + 3, to).contains(":")) {
            throw CommandFailed.usage(option
                    + " does not take a password on the command line, where every process list shows it: set " + setting
                    + " or " + setting + "_FILE");
        }
    }

    Configuration configuration() {
        Configuration configuration = Configuration.readLenient(TaskSettings.schema(), environment(), directory());
        // Without its keys a command would send what every worker that verifies refuses, or believe anybody.
        if (!configuration.unusableSecrets().isEmpty()) {
            throw new Configuration.ConfigurationRefused(configuration.unusableSecrets());
        }
        configuration.warnings().forEach(warning -> context.err().println("warning: " + warning));
        return configuration;
    }

    /** For a command: what it says matters, not what it goes through on the way. */
    TaskRuntime open() {
        if (LoggerFactory.getLogger("bulwark.tasks") instanceof Logger log) {
            log.setLevel(Level.WARN);
        }
        return TaskRuntime.open(configuration(), directory(), context.clock());
    }
}
