package bulwark.kernel.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A file with the number of a process, and whether that process still is the one that was meant. */
public final class PidFile {
    private static final Duration CLOCK_TICK = Duration.ofSeconds(2);

    private PidFile() {}

    public sealed interface State {
        record Running(long pid, Instant since) implements State {}

        /** @param code {@code pidfile-missing}, {@code invalid-pid} or {@code process-not-running} */
        record NotRunning(String code, long pid) implements State {}
    }

    public static State inspect(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return new State.NotRunning("pidfile-missing", 0);
        }
        if (!text.matches("[1-9][0-9]{0,9}")) {
            return new State.NotRunning("invalid-pid", 0);
        }
        long pid = Long.parseLong(text);
        Instant written = Files.getLastModifiedTime(file).toInstant();
        return startOf(pid, written)
                .<State>map(start -> new State.Running(pid, start))
                .orElse(new State.NotRunning("process-not-running", pid));
    }

    /** When the process that wrote its number at that moment began; empty when it is gone. */
    static Optional<Instant> startOf(long pid, Instant written) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(process -> process.info().startInstant().orElse(written))
                // A process younger than the file only inherited the number.
                .filter(start -> start.isBefore(written.plus(CLOCK_TICK)));
    }

    /** Whole or not at all; the folder is made when it is missing. */
    public static void write(Path file, long pid) throws IOException {
        Path absolute = file.toAbsolutePath();
        OwnerOnlyFiles.createDirectories(java.util.Objects.requireNonNull(absolute.getParent()));
        OwnerOnlyFiles.write(absolute, (pid + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
