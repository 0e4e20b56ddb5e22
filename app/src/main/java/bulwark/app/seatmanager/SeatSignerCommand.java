package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.signer.Signer;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SignerSettings;
import bulwark.seats.signer.SigningRefused;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The process of the key until SIGTERM; it reads settings of its own and opens no port. */
@Command(
        name = "signer",
        description = "Run the signer until SIGTERM: a process of its own with the key, on a Unix socket.")
final class SeatSignerCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(
            names = "--status",
            description = "Ask the running signer for its state instead; ends with 1 when it cannot sign.")
    private boolean status;

    SeatSignerCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        Configuration settings = status
                ? Configuration.readLenient(SignerSettings.schema(), context.environment(), context.directory())
                : Configuration.read(SignerSettings.schema(), context.environment(), context.directory());
        if (status) {
            return status(settings);
        }
        Signer signer = Signer.start(settings, context.directory(), context.clock());
        Runtime.getRuntime().addShutdownHook(new Thread(signer::close, "stop"));
        return signer.awaitExitCode();
    }

    private int status(Configuration settings) {
        try {
            var health =
                    new SignerClient(context.directory().resolve(settings.text("SEAT_MANAGER_SIGNER_SOCKET"))).health();
            context.out().println(StrictJson.text(health));
            return (health.path("state").asString("").equals("ready") ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
        } catch (SigningRefused e) {
            throw CommandFailed.negative(e.sentence());
        }
    }
}
