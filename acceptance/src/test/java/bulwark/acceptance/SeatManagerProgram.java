package bulwark.acceptance;

import bulwark.kernel.process.PidFile;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The program {@code bin/seat-manager} in the folder of a deployment, as a person runs it. Used by one thread. */
final class SeatManagerProgram implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    static final Path PROGRAM = SharedMaterial.repository().resolve("bin/seat-manager");

    private final Path folder;
    private final List<ProgramProcess> started = new ArrayList<>();

    SeatManagerProgram(Path folder) {
        this.folder = folder;
    }

    /** Fresh secrets, and a store of this program's schema. */
    static SeatManagerProgram deployed(Path folder) throws IOException, InterruptedException {
        SeatManagerProgram program = new SeatManagerProgram(folder);
        program.succeed("secrets", "generate");
        Files.writeString(folder.resolve(".env"), "DATABASE_URL=sqlite:seats.db\n", StandardOpenOption.APPEND);
        program.succeed("migrate", "deploy");
        return program;
    }

    Shell.Outcome run(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(PROGRAM.toString()));
        line.addAll(List.of(words));
        return Shell.run(folder, Map.of(), TIMEOUT, line);
    }

    String succeed(String... words) throws IOException, InterruptedException {
        Shell.Outcome outcome = run(words);
        if (outcome.exitCode() != 0) {
            Path log = folder.resolve("seats.log");
            throw new AssertionError(
                    String.join(" ", words) + "\n" + outcome + "\n" + (Files.exists(log) ? Files.readString(log) : ""));
        }
        return outcome.out();
    }

    /** Does not wait until it serves. */
    ProgramProcess start(String... words) throws IOException {
        List<String> line = new ArrayList<>(List.of(PROGRAM.toString()));
        line.addAll(List.of(words));
        ProgramProcess process = ProgramProcess.start(folder, Map.of(), folder.resolve("started.log"), line);
        started.add(process);
        return process;
    }

    /** The service that says it is ready. */
    Optional<ProcessHandle> service() throws IOException {
        return PidFile.inspect(folder.resolve("seats.pid")) instanceof PidFile.State.Running running
                ? ProcessHandle.of(running.pid())
                : Optional.empty();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        service().ifPresent(ProcessHandle::destroyForcibly);
        for (ProgramProcess process : started) {
            process.kill();
        }
    }
}
