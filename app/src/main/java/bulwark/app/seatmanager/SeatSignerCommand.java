package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.process.PidFile;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.keystore.Mnemonic;
import bulwark.seats.signer.Pkcs11TreasuryKey;
import bulwark.seats.signer.Signer;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SignerSettings;
import bulwark.seats.signer.SigningRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The process of the key until SIGTERM; it reads settings of its own and opens no port. */
@Command(
        name = "signer",
        description = "Run the signer until SIGTERM: a process of its own with the key, on a Unix socket.",
        subcommands = {SeatSignerCommand.Key.class, SeatSignerCommand.MnemonicGroup.class})
final class SeatSignerCommand implements Callable<Integer> {
    static final String OWNER_KEY = "SEAT_MANAGER_OWNER_PRIVATE_KEY";
    private static final String MNEMONIC = "SEAT_MANAGER_MNEMONIC";
    /** In the folder of the signer, once it answers. */
    private static final String PID_FILE = "signer.pid";

    /** Of a key, or of the words of a mnemonic. */
    private static final int MAX_LINE_CHARACTERS = 400;

    private final CommandContext context;

    @Option(
            names = "--key-on-input",
            description = "Read the key of the treasury from the first line of the input, and end when the input ends.")
    private boolean keyOnInput;

    @Option(
            names = "--mnemonic-on-input",
            description = "Read the mnemonic of validators' keys from the next line of the input.")
    private boolean mnemonicOnInput;

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
        if (context.environment().containsKey(MNEMONIC)) {
            throw CommandFailed.usage(
                    MNEMONIC + " stands in the environment, where other programs see it: name its file in " + MNEMONIC
                            + "_FILE, or give it with --mnemonic-on-input");
        }
        Map<String, String> environment = new HashMap<>(context.environment());
        if (keyOnInput) {
            environment.put(OWNER_KEY, nextLine());
            // Where the service that handed the key over looks for its signer: in its own folder, above this one.
            environment.putIfAbsent("SEAT_MANAGER_SIGNER_SOCKET", "../signer.sock");
        }
        if (mnemonicOnInput) {
            environment.put(MNEMONIC, nextLine());
        }
        Configuration settings = Configuration.read(SignerSettings.schema(), environment, context.directory());
        environment.remove(OWNER_KEY);
        environment.remove(MNEMONIC);
        Signer signer = Signer.start(settings, context.directory(), context.clock());
        Runtime.getRuntime().addShutdownHook(new Thread(signer::close, "stop"));
        if (keyOnInput) {
            EssentialThread.virtual("end of input", () -> closeAtEnd(signer)).start();
        }
        PidFile.write(
                context.directory().resolve(PID_FILE), ProcessHandle.current().pid());
        return signer.awaitExitCode();
    }

    private String nextLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = context.in().read();
                next >= 0 && next != '\n';
                next = context.in().read()) {
            if (line.length() == MAX_LINE_CHARACTERS) {
                throw CommandFailed.usage("a line of the input is too long for a key or a mnemonic");
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

    @Command(
            name = "mnemonic",
            description = "The words that keys of validators are derived from.",
            subcommands = CreateMnemonic.class)
    static final class MnemonicGroup extends CommandGroup {
        MnemonicGroup(CommandContext context) {
            super(context);
        }
    }

    @Command(
            name = "create",
            description = "Write 24 fresh words into a new file that its owner alone can read; they are not printed.")
    static final class CreateMnemonic implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "FILE", description = "New file for the words.")
        private String file = "";

        CreateMnemonic(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            Path path = context.directory().resolve(file);
            try (FileChannel channel = OwnerOnlyFiles.createNew(path)) {
                channel.write(ByteBuffer.wrap(Mnemonic.fresh(Signing.fastest()).expose(SecretAccess.grant())));
                channel.force(true);
            } catch (FileAlreadyExistsException e) {
                throw CommandFailed.usage(path + " is there already: no words are replaced. Name a new file");
            }
            OwnerOnlyFiles.syncFolder(path);
            context.err()
                    .println("the words are in " + path
                            + " (mode 600): name it in SEAT_MANAGER_MNEMONIC_FILE of the signer,"
                            + " and keep a copy elsewhere. Without them no key that came of them can be made again.");
            return ExitCode.DONE.plain();
        }
    }
}
