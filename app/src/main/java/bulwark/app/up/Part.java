package bulwark.app.up;

import bulwark.app.cli.CommandContext;
import bulwark.doctor.probe.PartProbes;
import bulwark.kernel.rotation.RotationKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * What the program knows of a part; {@link PartList} holds them. What only some parts have, a part without it leaves out. Stateless: called by any thread.
 */
public interface Part {
    /** One word; also the name of the part's folder under the state folder. */
    String name();

    /** The classes of its commands; each may take the {@link CommandContext} as the only argument of its constructor. */
    List<Class<?>> commands();

    /**
     * A command that runs without the command-line library, whose classes would be a third of a start, or with a command line of its own.
     *
     * @param arguments of the whole program
     */
    default Optional<Callable<Integer>> directCommand(CommandContext context, List<String> arguments) {
        return Optional.empty();
    }

    /** Its settings, metrics and audit events, of which {@code ./bulwark docs} writes the reference. */
    PartDeclaration declaration();

    /** One for each kind of process that it has: more than one where they are set up, counted and audited by themselves. */
    default List<PartDeclaration> declarations() {
        return List.of(declaration());
    }

    /** Which ports it takes under {@code up --port-base N}: a phrase. */
    String ports();

    /** Creates what is missing of its keys, settings and folders, in the part's folder. */
    ProvisionedPart provision(StateFolder state, int portBase, Clock clock) throws IOException;

    /**
     * As {@link #provision}, with a network on this machine to try the part on, which ends with {@code up}; a part that needs none is provisioned as ever.
     *
     * @throws bulwark.kernel.error.CommandFailed when this is a place for production, or what the network needs is not there
     */
    default ProvisionedPart provisionDevnet(StateFolder state, int portBase, CommandContext context)
            throws IOException {
        return provision(state, portBase, context.clock());
    }

    /** Regular work for it, besides the look at what expires. */
    default List<PlatformJob> jobs() {
        return List.of();
    }

    /**
     * Its keys and certificates under {@code up}, with their ends.
     *
     * @throws IllegalStateException when a process must run to be asked, and does not
     */
    default List<NamedExpiry> expiries(StateFolder state, Clock clock) throws IOException, InterruptedException {
        return List.of();
    }

    /** The kinds of its keys under {@code up} that {@code bulwark rotate} replaces. Makes nothing. */
    default List<RotationKind> rotations(StateFolder state, Clock clock) {
        return List.of();
    }

    /**
     * Its processes that were given a client certificate by another part and do not show what lies in that file now, each with the reason.
     *
     * @param certificate PEM, beside the bundle that the process reads together with it
     */
    default List<String> notShowing(Path certificate, StateFolder state) throws IOException, InterruptedException {
        return List.of();
    }

    /** What it brings to {@code bulwark doctor}: probes, and where it answers. */
    default Optional<PartProbes> doctor() {
        return Optional.empty();
    }

    /** Names under {@code bin} for its commands. */
    default List<CommandScript> scripts() {
        return List.of();
    }

    /** Uses once what people type most, in an empty folder: the start-up cache of all commands is made of such a run. */
    default void train(CommandContext context, Path folder) throws Exception {}

    /** Commands with a start-up cache of their own. They run after {@link #train}, in the same folder. */
    default List<TrainingRun> trainingRuns() {
        return List.of();
    }
}
