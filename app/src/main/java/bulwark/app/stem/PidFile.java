package bulwark.app.stem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;

/** A file with the number of a process, and whether that process still is the one that was meant. */
final class PidFile {
    private static final Duration CLOCK_TICK = Duration.ofSeconds(2);

    private PidFile() {}

    sealed interface State {
        record Running(long pid, Instant since) implements State {}

        /** @param code {@code pidfile-missing}, {@code invalid-pid} or {@code process-not-running} */
        record Not(String code, long pid) implements State {}
    }

    static State look(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return new State.Not("pidfile-missing", 0);
        }
        if (!text.matches("[1-9][0-9]{0,9}")) {
            return new State.Not("invalid-pid", 0);
        }
        long pid = Long.parseLong(text);
        Instant written = Files.getLastModifiedTime(file).toInstant();
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().startInstant().or(() -> java.util.Optional.of(written)))
                // A process younger than the file only inherited the number.
                .filter(start -> start.isBefore(written.plus(CLOCK_TICK)))
                .<State>map(start -> new State.Running(pid, start))
                .orElse(new State.Not("process-not-running", pid));
    }

    /** Whole or not at all; the folder is made when it is missing. */
    static void write(Path file, long pid) throws IOException {
        Path absolute = file.toAbsolutePath();
        Files.createDirectories(java.util.Objects.requireNonNull(absolute.getParent()));
        Path fresh = absolute.resolveSibling(absolute.getFileName() + ".new");
        Files.writeString(fresh, pid + "\n");
        Files.move(fresh, absolute, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
