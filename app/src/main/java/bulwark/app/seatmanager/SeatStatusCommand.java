package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.process.RunFile;
import bulwark.seats.approval.PlanSettings;
import bulwark.seats.chain.Preflight;
import bulwark.seats.chain.RpcEndpoint;
import bulwark.seats.settings.ChainSettings;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.settings.WatchSettings;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SignerSettings;
import bulwark.seats.signer.SigningRefused;
import bulwark.seats.store.SchemaGate;
import bulwark.seats.store.SeatStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** One screen: what runs, what each client says, and what is missing before anything could be sent. Changes nothing. */
@Command(
        name = "status",
        description =
                "Say in one screen what runs, what each client says, and what is missing for writes: ends with 0 when the service runs"
                        + " and is well, 3 when it does not run, 1 when something is wrong with it.")
final class SeatStatusCommand implements Callable<Integer> {
    private final CommandContext context;
    private final List<String> missing = new ArrayList<>();

    SeatStatusCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Configuration.Inspection inspection =
                Configuration.inspect(SeatSettings.schema(), context.environment(), context.directory());
        Configuration settings = inspection.configuration();
        ExitCode service = service(settings);
        schema();
        settings(inspection);
        plans(settings);
        signer();
        endpoints(settings, "execution", ChainSettings.ENDPOINTS);
        SeatLabels.execution(settings, context, this::print, missing);
        endpoints(settings, "consensus", WatchSettings.CONSENSUS);
        SeatLabels.consensus(settings, this::print, missing);
        if (!settings.flag("SEAT_MANAGER_WRITES_ENABLED")) {
            missing.add("SEAT_MANAGER_WRITES_ENABLED is false");
        }
        print("writes", missing.isEmpty() ? "nothing is missing" : "disabled; what is missing:");
        missing.forEach(each -> print("", "- " + each));
        return service.plain();
    }

    private void print(String subject, String sentence) {
        context.out().println(String.format("%-11s%s", subject, sentence));
    }

    private ExitCode service(Configuration settings) throws IOException, InterruptedException {
        Optional<RunFile> running = RunFile.ofRunning(SeatFolder.store(context).base());
        if (running.isEmpty()) {
            print("service", "does not run: seat-manager api");
            return ExitCode.NOT_RUNNING;
        }
        int port = running.get().ports().getOrDefault("port", 0);
        SeatHealth health = SeatHealth.of(settings.text("SEAT_MANAGER_HOST"), port);
        print("service", "process " + running.get().pid() + ", port " + port + ", health " + health.text());
        return health.isWell() ? ExitCode.DONE : ExitCode.NEGATIVE;
    }

    private void schema() {
        SchemaGate.Verdict schema = SeatStore.verify(SeatFolder.store(context));
        print("schema", schema.code() + ": " + schema.sentence());
    }

    private void settings(Configuration.Inspection inspection) {
        List<String> problems = inspection.problems();
        print("settings", problems.isEmpty() ? "ok" : problems.size() + " faults: seat-manager config check");
    }

    private void plans(Configuration settings) {
        try {
            PlanSettings plans = PlanSettings.of(settings, context.directory());
            print("contracts", plans.missing().isEmpty() ? "configured" : "not described");
            if (!plans.missing().isEmpty()) {
                missing.add(
                        "the chain is not described: SEAT_MANAGER_NETWORK_FILE names one file for all of it; without"
                                + " it " + String.join(", ", plans.missing()) + " would be needed");
            }
            print("approvals", plans.approvals() + " of people beside the proposer are asked for each plan");
        } catch (OperatorError e) {
            print("contracts", String.valueOf(e.getMessage()));
            missing.add("the settings of contracts and approvers cannot be used");
        }
        if (settings.text("SEAT_MANAGER_APPROVERS_FILE").isEmpty()) {
            missing.add("SEAT_MANAGER_APPROVERS_FILE is not set: nobody can approve");
        }
    }

    private void signer() {
        Configuration settings =
                Configuration.readLenient(SignerSettings.schema(), context.environment(), context.directory());
        Path socket = context.directory().resolve(settings.text("SEAT_MANAGER_SIGNER_SOCKET"));
        String state;
        try {
            state = new SignerClient(socket).health().path("state").asString("unknown");
        } catch (SigningRefused nobody) {
            state = "nobody answers at " + socket;
        }
        print("signer", state);
        if (!state.equals("ready")) {
            missing.add("a signer that is ready: seat-manager signer");
        }
    }

    /** Labels alone: an address may hold a key. */
    private void endpoints(Configuration settings, String layer, String name) {
        List<String> faults = new ArrayList<>();
        List<String> labels =
                settings
                        .secret(name)
                        .map(value -> ChainSettings.endpoints(name, value, faults))
                        .orElse(List.of())
                        .stream()
                        .map(RpcEndpoint::label)
                        .toList();
        print(layer, labels.isEmpty() ? "no client" : String.join(", ", labels));
        if (labels.size() < Preflight.MIN_LABELS) {
            missing.add(name + " names " + labels.size() + " clients, and " + Preflight.MIN_LABELS
                    + " at least are needed");
        }
        missing.addAll(faults);
    }
}
