package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.seatmanager.probe.SeatProbes;
import bulwark.app.up.ChildSpec;
import bulwark.app.up.CommandScript;
import bulwark.app.up.CommandScript.SecretHandover;
import bulwark.app.up.Part;
import bulwark.app.up.PartDeclaration;
import bulwark.app.up.ProvisionedPart;
import bulwark.app.up.StateFolder;
import bulwark.app.up.TrainingRun;
import bulwark.doctor.probe.PartProbes;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.seats.SeatAuditEvents;
import bulwark.seats.SeatMetrics;
import bulwark.seats.secret.SecretsFile;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.signer.SignerEvents;
import bulwark.seats.signer.SignerSettings;
import bulwark.seats.store.SeatStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Validator seats. */
public final class SeatsPart implements Part {
    static final List<String> COMMAND = List.of("seat-manager", "api-watch");

    private static final List<String> API_COMMAND = List.of("seat-manager", "api");
    private static final TrainingRun SERVICE = new TrainingRun("seat-manager", "seats-training-run");

    private static final String STORE = "seats.db";
    /** Command, child and folder of the process of the key. */
    static final String SIGNER = "signer";

    static final List<String> SIGNER_COMMAND = List.of("seat-manager", SIGNER);

    @Override
    public String name() {
        return "seats";
    }

    @Override
    public List<Class<?>> commands() {
        return List.of(SeatManagerCommand.class);
    }

    @Override
    public Optional<Callable<Integer>> directCommand(CommandContext context, List<String> arguments) {
        if (arguments.equals(SIGNER_COMMAND)) {
            return Optional.of(new SeatSignerCommand(context));
        }
        if (arguments.equals(List.of(SERVICE.training()))) {
            return Optional.of(() -> new SeatTrainingRun(context).run());
        }
        if (arguments.equals(API_COMMAND)) {
            return Optional.of(new SeatApiCommand(context));
        }
        return arguments.equals(COMMAND) ? Optional.of(new SeatApiWatchCommand(context)) : Optional.empty();
    }

    @Override
    public List<TrainingRun> trainingRuns() {
        return List.of(SERVICE);
    }

    @Override
    public PartDeclaration declaration() {
        return new PartDeclaration(
                "Seats",
                SeatSettings.schema(),
                "bin/seat-manager api",
                SeatMetrics.ALL,
                "A seat manager",
                SeatAuditEvents.ALL,
                "In `seats_audit_log` of the store that DATABASE_URL names.");
    }

    /** The signer has settings of its own, and no listener that could serve metrics. */
    @Override
    public List<PartDeclaration> declarations() {
        return List.of(
                declaration(),
                new PartDeclaration(
                        "Signer of seats",
                        SignerSettings.schema(),
                        "bin/seat-manager signer",
                        List.of(),
                        "A signer",
                        SignerEvents.ALL,
                        "In `signer_audit_log` of the signer's own store."));
    }

    @Override
    public String ports() {
        return "plain HTTP on N+200";
    }

    @Override
    public Optional<PartProbes> doctor() {
        return Optional.of(new SeatProbes());
    }

    @Override
    public List<CommandScript> scripts() {
        return List.of(new CommandScript(
                "seat-manager",
                " …",
                "validator seats (api, watch, api-watch, status, stop, restart, config, secrets, migrate, user, plan, approver, approve, signer, fsck), plan-only, settings from the environment and .env",
                List.of("api", "watch", "api-watch", "restart", "signer", "fsck"),
                List.of(),
                List.of(),
                new SecretHandover(SeatSignerCommand.OWNER_KEY, "api", "signer")));
    }

    /** The secrets are made once; the store is brought up to date at each start, as nobody else has a word in it here. */
    @Override
    public ProvisionedPart provision(StateFolder state, int portBase, Clock clock) throws IOException {
        Path folder = state.of(this);
        OwnerOnlyFiles.createDirectories(folder);
        SecretsFile secrets = new SecretsFile(folder, clock);
        if (!Files.exists(secrets.path())) {
            secrets.generate(SeatSettings.DATABASE + "=sqlite:" + STORE);
        }
        SeatStore.deploy(StoreLocation.file(folder.resolve(STORE)), "", clock);
        OwnerOnlyFiles.createDirectories(folder.resolve(SIGNER));
        return new Provisioned(folder, portBase + 200);
    }

    @Override
    public ProvisionedPart provisionDevnet(StateFolder state, int portBase, CommandContext context) throws IOException {
        return SeatsDevnet.provision(state.root().resolve(SeatsDevnet.FOLDER), portBase + 200, context);
    }

    private record Provisioned(Path folder, int port) implements ProvisionedPart {
        @Override
        public List<ChildSpec> children() {
            Map<String, String> environment = Map.of("SEAT_MANAGER_PORT", Integer.toString(port));
            Map<String, String> signer = Map.of(
                    "SEAT_MANAGER_SIGNER_SOCKET", folder.resolve("signer.sock").toString());
            return List.of(
                    ChildSpec.of("seats", folder, environment, COMMAND.toArray(String[]::new)),
                    ChildSpec.of(SIGNER, folder.resolve(SIGNER), signer, SIGNER_COMMAND.toArray(String[]::new)));
        }

        @Override
        public List<String> welcome() {
            return List.of(
                    "  seats   http://localhost:" + port
                            + "   plan-only: writes are disabled, its signer has no key, the watcher is idle without clients",
                    "    # 1. what runs",
                    "    curl -s http://localhost:" + port + "/health",
                    "    # 2. the first administrator (the password comes from the terminal), then sign in",
                    "    (cd '" + folder + "' && '" + program() + "' user create-admin)",
                    "    # 3. the API",
                    "    curl -s http://localhost:" + port + "/v1/openapi.json",
                    "");
        }

        private static String program() {
            return Path.of(System.getProperty("bulwark.repository", ""))
                    .toAbsolutePath()
                    .resolve("bin/seat-manager")
                    .toString();
        }
    }
}
