package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.ShowConfig;
import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.process.PidFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** The data plane in this process until SIGTERM. */
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        description = "Run the gateway: settings from STOA_* and .env in this folder.")
final class GatewayCommand implements Callable<Integer> {
    /** In the state folder, once the listeners answer. */
    static final String PID_FILE = "gateway.pid";

    private final CommandContext context;

    @Option(
            names = "--show-config",
            description = "Print name, value, source and purpose of every setting, secrets hidden, and exit.")
    private boolean showConfig;

    GatewayCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        if (showConfig) {
            return ShowConfig.print(
                    Configuration.inspect(GatewaySettings.schema(), context.environment(), context.directory()),
                    context.out(),
                    context.err());
        }
        Gateway gateway = Gateway.start(this::settings, context.directory(), context.clock());
        Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "stop"));
        Signal.handle(new Signal("HUP"), signal -> gateway.reload());
        PidFile.write(gateway.state().resolve(PID_FILE), ProcessHandle.current().pid());
        return gateway.awaitExitCode();
    }

    private Configuration settings() {
        return Configuration.read(GatewaySettings.schema(), context.environment(), context.directory());
    }
}
