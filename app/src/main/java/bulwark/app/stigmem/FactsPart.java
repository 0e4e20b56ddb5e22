package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.app.stigmem.probe.FactProbes;
import bulwark.app.up.CommandScript;
import bulwark.app.up.NamedExpiry;
import bulwark.app.up.Part;
import bulwark.app.up.PartDeclaration;
import bulwark.app.up.PlatformJob;
import bulwark.app.up.ProvisionedPart;
import bulwark.app.up.StateFolder;
import bulwark.app.up.TrainingRun;
import bulwark.doctor.probe.PartProbes;
import bulwark.facts.FactsAuditEvents;
import bulwark.facts.node.NodeMetrics;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.rotation.RotationKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The fact node. */
public final class FactsPart implements Part {
    private static final TrainingRun NODE = new TrainingRun("stigmem-node", "node-training-run");

    @Override
    public String name() {
        return "facts";
    }

    @Override
    public List<Class<?>> commands() {
        return List.of(NodeCommand.class, StigmemCommand.class);
    }

    @Override
    public Optional<Callable<Integer>> directCommand(CommandContext context, List<String> arguments) {
        String only = arguments.size() == 1 ? arguments.getFirst() : "";
        if (only.equals(NODE.command())) {
            return Optional.of(() -> new NodeRunner(context).run());
        }
        return only.equals(NODE.training()) ? Optional.of(() -> new NodeTrainingRun(context).run()) : Optional.empty();
    }

    @Override
    public PartDeclaration declaration() {
        return new PartDeclaration(
                "Facts",
                NodeSettings.schema(),
                "bin/stigmem-node",
                NodeMetrics.descriptions(),
                "A fact node",
                FactsAuditEvents.ALL,
                "In the store's `fact_audit_log`: `GET /v1/admin/audit`, `stigmem audit export`.");
    }

    @Override
    public String ports() {
        return "plain HTTP on N, mutual TLS on N+765";
    }

    @Override
    public ProvisionedPart provision(StateFolder state, int portBase, Clock clock) throws IOException {
        return FactsProvisioning.openOrCreate(state.of(this), portBase, clock);
    }

    @Override
    public List<PlatformJob> jobs() {
        return List.of(AuditExportJob.of(this));
    }

    @Override
    public List<NamedExpiry> expiries(StateFolder state, Clock clock) throws IOException, InterruptedException {
        return new NodeExpiryReader(state.of(this), clock).read();
    }

    @Override
    public List<RotationKind> rotations(StateFolder state, Clock clock) {
        return new NodeRotations(state, state.of(this), clock).all();
    }

    @Override
    public Optional<PartProbes> doctor() {
        return Optional.of(new FactProbes());
    }

    @Override
    public List<CommandScript> scripts() {
        return List.of(
                new CommandScript(
                        "stigmem",
                        " …",
                        "the fact node's commands (identity, capability, auth, audit, snapshot, fsck)",
                        List.of("fsck", "audit", "snapshot"),
                        List.of()),
                new CommandScript(
                        NODE.command(),
                        "",
                        "the fact node alone, settings from STIGMEM_* and .env",
                        List.of("*"),
                        List.of()));
    }

    /** Issuing certificates loads what a running node has no use for, so it belongs to this run and not to the node's own. */
    @Override
    public void train(CommandContext context, Path folder) {
        FactsProvisioning.issueCertificates(folder.resolve("tls"), "https://localhost:8765", context.clock());
    }

    @Override
    public List<TrainingRun> trainingRuns() {
        return List.of(NODE);
    }

    /** Of a node that {@code up} started. */
    static Path store(Path folder) {
        return folder.resolve("stigmem.db");
    }
}
