package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.ServiceCommand;
import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.process.PidFile;
import picocli.CommandLine.Command;
import sun.misc.Signal;

/** The data plane in this process until SIGTERM. */
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        description = "Run the gateway: settings from STOA_* and .env in this folder.")
final class GatewayCommand extends ServiceCommand {
    /** In the state folder, once the listeners answer. */
    static final String PID_FILE = "gateway.pid";

    GatewayCommand(CommandContext context) {
        super(context, GatewaySettings.schema());
    }

    @Override
    protected int run() throws Exception {
        Gateway gateway = Gateway.start(this::settings, context.directory(), context.clock());
        Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "stop"));
        Signal.handle(new Signal("HUP"), signal -> gateway.reload());
        PidFile.write(gateway.state().resolve(PID_FILE), ProcessHandle.current().pid());
        return gateway.awaitExitCode();
    }
}
