package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.stem.probe.TaskProbes;
import bulwark.app.up.CommandScript;
import bulwark.app.up.NamedExpiry;
import bulwark.app.up.Part;
import bulwark.app.up.PartDeclaration;
import bulwark.app.up.ProvisionedPart;
import bulwark.app.up.StateFolder;
import bulwark.doctor.probe.PartProbes;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.rotation.RotationKind;
import bulwark.tasks.events.TaskAuditEvents;
import bulwark.tasks.setup.TaskMetricDescriptions;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.KeyPurpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Signed background tasks: a worker and a beat. */
public final class TasksPart implements Part {
    private static final String COMMAND = "stem";

    @Override
    public String name() {
        return "tasks";
    }

    @Override
    public List<Class<?>> commands() {
        return List.of(StemCommand.class);
    }

    /** {@code stem} has exit codes of its own. */
    @Override
    public Optional<Callable<Integer>> directCommand(CommandContext context, List<String> arguments) {
        return !arguments.isEmpty() && arguments.getFirst().equals(COMMAND)
                ? Optional.of(() -> Stem.execute(
                        context, arguments.subList(1, arguments.size()).toArray(String[]::new)))
                : Optional.empty();
    }

    @Override
    public PartDeclaration declaration() {
        return new PartDeclaration(
                "Tasks",
                TaskSettings.schema(),
                "bin/stem",
                TaskMetricDescriptions.all(),
                "A worker, a beat and a client of tasks",
                TaskAuditEvents.ALL,
                "In `evidence-N.db` of the state folder, one file for each process.");
    }

    @Override
    public String ports() {
        return "metrics of the worker on N+300, of the beat on N+301";
    }

    @Override
    public ProvisionedPart provision(StateFolder state, int portBase, Clock clock) throws IOException {
        return TasksProvisioning.openOrCreate(state, state.of(this), portBase);
    }

    /** Signing keys have no end of their own: the age at which they should be rotated is theirs. */
    @Override
    public List<NamedExpiry> expiries(StateFolder state, Clock clock) throws IOException {
        List<NamedExpiry> keys = new ArrayList<>();
        try (Stream<Path> files = Files.list(TasksProvisioning.keys(state.of(this)))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Instant created = Files.getLastModifiedTime(file).toInstant();
                keys.add(new NamedExpiry(
                        "the tasks' " + file.getFileName() + " signing key",
                        new Expiry(
                                created,
                                created.plus(TaskKeyRotation.MAX_AGE),
                                "Rotate it: docs/rotation.md says how.")));
            }
        }
        return keys;
    }

    @Override
    public List<RotationKind> rotations(StateFolder state, Clock clock) {
        return Stream.of(KeyPurpose.values())
                .<RotationKind>map(purpose -> new TaskKeyRotation(state.root(), state.of(this), purpose, clock))
                .toList();
    }

    @Override
    public Optional<PartProbes> doctor() {
        return Optional.of(new TaskProbes());
    }

    @Override
    public List<CommandScript> scripts() {
        return List.of(new CommandScript(
                COMMAND,
                " …",
                "signed tasks (enqueue, worker, beat, schedule, dlq, audit, health, keygen, tls, verify), settings from STEM_* and .env",
                List.of("worker start", "worker multi", "beat", "fsck", "audit"),
                List.of("worker", "beat")));
    }

    @Override
    public void train(CommandContext context, Path folder) throws Exception {
        new StemTrainingRun(context, folder).run();
    }
}
