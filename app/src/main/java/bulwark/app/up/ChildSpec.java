package bulwark.app.up;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One process of a part.
 *
 * @param name how reports call it, for instance {@code fact node}
 * @param outputName stands before each line of its output
 * @param directory its working folder
 * @param environment all that it gets besides PATH and the like
 * @param command the arguments of this program
 * @param confinement whether it runs other people's code
 * @param readyFile what it writes when it is ready
 * @param readiness how that file tells that this very process wrote it
 * @param order whether it needs what others serve
 * @param advice what an operator can do when it keeps failing
 * @param program another one than this; null for this one
 */
public record ChildSpec(
        String name,
        String outputName,
        Path directory,
        Map<String, String> environment,
        List<String> command,
        Confinement confinement,
        Path readyFile,
        Readiness readiness,
        Order order,
        String advice,
        @Nullable ChildProgram program) {
    /** It may start programs of its own first. */
    private static final Duration OTHER_PROGRAM_TIMEOUT = Duration.ofMinutes(10);

    /** A child of this program. */
    public ChildSpec(
            String name,
            String outputName,
            Path directory,
            Map<String, String> environment,
            List<String> command,
            Confinement confinement,
            Path readyFile,
            Readiness readiness,
            Order order,
            String advice) {
        this(name, outputName, directory, environment, command, confinement, readyFile, readiness, order, advice, null);
    }

    /** A child that runs none but its own code, needs no other, and writes {@code NAME.pid} into its folder when it is ready. */
    public static ChildSpec of(String name, Path folder, Map<String, String> environment, String... command) {
        return new ChildSpec(
                name,
                name,
                folder,
                environment,
                List.of(command),
                Confinement.NONE,
                folder.resolve(name + ".pid"),
                Readiness.PID_FILE,
                Order.FIRST,
                "Its settings are in " + folder);
    }

    /** The same child, started when those of the first order were ready or failed. */
    public ChildSpec afterOthers() {
        return new ChildSpec(
                name,
                outputName,
                directory,
                environment,
                command,
                confinement,
                readyFile,
                readiness,
                Order.AFTER_OTHERS,
                advice,
                program);
    }

    /** The same child, on another program. @param sentence what an operator can do when it keeps failing */
    public ChildSpec running(ChildProgram other, String sentence) {
        return new ChildSpec(
                name,
                outputName,
                directory,
                environment,
                command,
                confinement,
                readyFile,
                readiness,
                order,
                sentence,
                other);
    }

    /** See {@link bulwark.kernel.process.ConfinedStart}. */
    public enum Confinement {
        NONE,
        CONFINED
    }

    /** The form of the file that tells of readiness. */
    public enum Readiness {
        RUN_FILE,
        PID_FILE
    }

    /** The children of one kind start together; those of the second when each of the first was ready or failed. */
    public enum Order {
        FIRST,
        AFTER_OTHERS
    }

    ChildProcess start() throws IOException {
        if (program != null) {
            return ChildProcess.start(outputName, directory, environment, program, command);
        }
        return confinement == Confinement.CONFINED
                ? ChildProcess.startConfined(outputName, directory, environment, command)
                : ChildProcess.start(outputName, directory, environment, command);
    }

    boolean awaitReady(ChildProcess child) throws IOException, InterruptedException {
        Duration timeout = program == null ? ChildProcess.READY_TIMEOUT : OTHER_PROGRAM_TIMEOUT;
        return readiness == Readiness.RUN_FILE
                ? child.awaitReady(readyFile, timeout)
                : child.awaitPid(readyFile, timeout);
    }
}
