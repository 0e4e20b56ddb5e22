package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.process.PidFile;
import bulwark.seats.SeatManager;
import bulwark.seats.settings.SeatSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The service in this process until SIGTERM. */
@Command(name = "api", description = "Run the service until SIGTERM: it drains, then ends with 0.")
final class SeatApiCommand implements Callable<Integer> {
    /** In the folder of the service, once its listener answers. */
    static final String PID_FILE = "seats.pid";

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
        SeatManager service = SeatManager.start(settings, context.directory(), context.clock());
        Runtime.getRuntime().addShutdownHook(new Thread(service::close, "stop"));
        PidFile.write(
                context.directory().resolve(PID_FILE), ProcessHandle.current().pid());
        return service.awaitExitCode();
    }
}
