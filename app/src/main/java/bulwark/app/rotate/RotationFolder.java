package bulwark.app.rotate;

import bulwark.app.cli.CommandContext;
import bulwark.app.up.Part;
import bulwark.app.up.PartDeclaration;
import bulwark.app.up.PartList;
import bulwark.app.up.StateFolder;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.rotation.RotationJournal;
import bulwark.kernel.rotation.RotationKind;
import bulwark.kernel.rotation.RotationMetrics;
import bulwark.kernel.rotation.RotationRecord;
import bulwark.kernel.rotation.RotationRunner;
import bulwark.kernel.storage.StoreInUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a deployment can rotate, and how far it is: the kinds of all parts, the journal, and the evidence of each state. */
public record RotationFolder(StateFolder state, List<RotationKind> kinds) {
    /** For the reference documents. */
    public static final PartDeclaration DECLARATION = RotationEvidence.DECLARATION;

    /** @throws CommandFailed when there is no such folder */
    public static RotationFolder of(StateFolder state, List<Part> parts, Clock clock) {
        if (!Files.isDirectory(state.root())) {
            throw CommandFailed.usage(
                    state.root() + " is no folder: start ./bulwark up, or name its folder with --state");
        }
        return new RotationFolder(
                state,
                parts.stream()
                        .flatMap(part -> part.rotations(state, clock).stream())
                        .toList());
    }

    /** Ages and what waits in the metrics of a process, when it runs under {@code up}. Close it to end the looks. */
    public static KeyWatch measure(Map<String, String> environment, Metrics metrics, Clock clock) {
        return StateFolder.find(environment)
                .filter(state -> Files.isDirectory(state.root()))
                .map(state -> of(state, PartList.all(), clock))
                .map(folder -> RotationMetrics.start(metrics, folder.kinds(), folder::rotations, clock))
                .<KeyWatch>map(running -> running::close)
                .orElse(() -> {});
    }

    /** Ends the looks. */
    @FunctionalInterface
    public interface KeyWatch extends AutoCloseable {
        @Override
        void close();
    }

    private Path folder() {
        return state.root().resolve("rotation");
    }

    Path journalFile() {
        return folder().resolve("rotations.jsonl");
    }

    /** For a look: changes nothing, and works beside a rotation that runs. */
    public List<RotationRecord> rotations() throws IOException {
        return RotationJournal.open(journalFile()).rotations();
    }

    /** @throws CommandFailed naming those that there are */
    RotationKind kind(String name) {
        return kinds.stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(() -> CommandFailed.usage("there is no kind of key " + name + "; there are: "
                        + String.join(
                                ", ", kinds.stream().map(RotationKind::name).toList())));
    }

    /**
     * For changes, by one process at a time.
     *
     * @param listener called after each synced line of the journal
     * @throws CommandFailed while another process rotates
     */
    public Session open(Map<String, String> environment, Clock clock, Consumer<RotationRecord> listener)
            throws IOException {
        OwnerOnlyFiles.createDirectory(folder());
        RotationEvidence evidence = evidence(environment, clock);
        try {
            RotationJournal journal = RotationJournal.open(journalFile());
            return new Session(evidence, new RotationRunner(journal, evidence, listener, clock), journal);
        } catch (IOException | RuntimeException e) {
            evidence.close();
            throw e;
        }
    }

    private RotationEvidence evidence(Map<String, String> environment, Clock clock) {
        try {
            return RotationEvidence.open(folder(), environment, clock);
        } catch (StoreInUse inUse) {
            throw new CommandFailed("another rotation is running on " + state.root() + ": wait until it has ended");
        }
    }

    /** Holds the folder until it is closed. */
    public record Session(RotationEvidence evidence, RotationRunner runner, RotationJournal journal)
            implements AutoCloseable {
        @Override
        public void close() {
            evidence.close();
        }
    }

    static RotationFolder of(CommandContext context, Path folder, List<Part> parts) {
        return of(new StateFolder(context.directory().resolve(folder).normalize()), parts, context.clock());
    }
}
