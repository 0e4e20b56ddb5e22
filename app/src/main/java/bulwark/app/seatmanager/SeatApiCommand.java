package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.process.PidFile;
import bulwark.seats.SeatManager;
import bulwark.seats.settings.SeatSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The service in this process until SIGTERM. */
@Command(name = "api", description = "Run the service until SIGTERM: it drains, then ends with 0.")
class SeatApiCommand implements Callable<Integer> {
    private static final Map<String, String> SETTING_OF =
            Map.of("--port", "SEAT_MANAGER_PORT", "--host", "SEAT_MANAGER_HOST");

    private final CommandContext context;

    @Option(names = "--port", paramLabel = "PORT", description = "Port to bind, in place of SEAT_MANAGER_PORT.")
    private @Nullable String port;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Address to bind, in place of SEAT_MANAGER_HOST.")
    private @Nullable String host;

    SeatApiCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> environment = new HashMap<>(context.environment());
        if (port != null) {
            environment.put("SEAT_MANAGER_PORT", port);
        }
        if (host != null) {
            environment.put("SEAT_MANAGER_HOST", host);
        }
        Supplier<Configuration> settings =
                () -> Configuration.read(SeatSettings.schema(), environment, context.directory());
        SeatPublicInterface.refuseBesideLocalKey(context, settings.get());
        SeatManager service = SeatManager.start(settings, context.directory(), context.clock(), watches());
        Runtime.getRuntime().addShutdownHook(new Thread(service::close, "stop"));
        PidFile.write(
                context.directory().resolve(SeatProcess.API_PID_FILE),
                ProcessHandle.current().pid());
        return service.awaitExitCode();
    }

    /** Whether the watchers run in this process too. */
    boolean watches() {
        return false;
    }

    /** What a service that was started with these words takes for its settings. @param words {@code --port 8080} or {@code --port=8080} among them */
    static Map<String, String> environment(Map<String, String> given, List<String> words) {
        Map<String, String> environment = new HashMap<>(given);
        for (int i = 0; i < words.size(); i++) {
            String[] parts = words.get(i).split("=", 2);
            String setting = SETTING_OF.get(parts[0]);
            if (setting != null && parts.length == 2) {
                environment.put(setting, parts[1]);
            } else if (setting != null && i + 1 < words.size()) {
                environment.put(setting, words.get(i + 1));
            }
        }
        return environment;
    }
}
