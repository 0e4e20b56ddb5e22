package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.PidFile;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.signer.Pkcs11TreasuryKey;
import bulwark.seats.signer.Signer;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SignerSettings;
import bulwark.seats.signer.SigningRefused;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The process of the key until SIGTERM; it reads settings of its own and opens no port. */
@Command(
        name = "signer",
        description = "Run the signer until SIGTERM: a process of its own with the key, on a Unix socket.",
        subcommands = SeatSignerCommand.Key.class)
final class SeatSignerCommand implements Callable<Integer> {
    static final String OWNER_KEY = "SEAT_MANAGER_OWNER_PRIVATE_KEY";
    /** In the folder of the signer, once it answers. */
    private static final String PID_FILE = "signer.pid";

    private static final int MAX_KEY_CHARACTERS = 200;

    private final CommandContext context;

    @Option(
            names = "--key-on-input",
            description = "Read the key of the treasury from the first line of the input, and end when the input ends.")
    private boolean keyOnInput;

    @Option(
            names = "--status",
            description = "Ask the running signer for its state instead; ends with 1 when it cannot sign.")
    private boolean status;

    SeatSignerCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        if (status) {
            return status(
                    Configuration.readLenient(SignerSettings.schema(), context.environment(), context.directory()));
        }
        Map<String, String> environment = new HashMap<>(context.environment());
        if (keyOnInput) {
            environment.put(OWNER_KEY, firstLine());
            // Where the service that handed the key over looks for its signer: in its own folder, above this one.
            environment.putIfAbsent("SEAT_MANAGER_SIGNER_SOCKET", "../signer.sock");
        }
        Configuration settings = Configuration.read(SignerSettings.schema(), environment, context.directory());
        environment.remove(OWNER_KEY);
        Signer signer = Signer.start(settings, context.directory(), context.clock());
        Runtime.getRuntime().addShutdownHook(new Thread(signer::close, "stop"));
        if (keyOnInput) {
            EssentialThread.virtual("end of input", () -> closeAtEnd(signer)).start();
        }
        PidFile.write(
                context.directory().resolve(PID_FILE), ProcessHandle.current().pid());
        return signer.awaitExitCode();
    }

    private String firstLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = context.in().read();
                next >= 0 && next != '\n';
                next = context.in().read()) {
            if (line.length() == MAX_KEY_CHARACTERS) {
                throw CommandFailed.usage("the first line of the input is too long for a key");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /** The process that handed the key over holds the other end for as long as it lives. */
    private void closeAtEnd(Signer signer) {
        try {
            while (context.in().read() >= 0) {
                // Nothing more is asked for on this way.
            }
        } catch (IOException e) {
            context.err().println("the input of the signer ended: " + e.getMessage());
        }
        signer.close();
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

    @Command(name = "key", description = "The key of the treasury in a PKCS#11 token.", subcommands = Create.class)
    static final class Key extends CommandGroup {
        Key(CommandContext context) {
            super(context);
        }
    }

    @Command(
            name = "create",
            description =
                    "Make the key of the treasury in the token that the settings name: it never leaves it. Prints its"
                            + " address.")
    static final class Create implements Callable<Integer> {
        private final CommandContext context;

        Create(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Configuration settings =
                    Configuration.readLenient(SignerSettings.schema(), context.environment(), context.directory());
            EvmAddress address = Pkcs11TreasuryKey.create(
                    settings, context.directory(), context.clock().instant());
            context.out().println(address.checksummed());
            context.err()
                    .println(
                            "the key was made in the token and never leaves it. The address above is the treasury: name it"
                                    + " in the policy of the signer and in SEAT_MANAGER_TREASURY_ADDRESS.");
            return ExitCode.DONE.plain();
        }
    }
}
