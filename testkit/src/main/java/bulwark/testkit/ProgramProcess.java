package bulwark.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program as a process of its own, whose output goes to a file. Its environment has none of the settings that this process happens to have. Used by one thread; a test that fails
 * leaves no process behind when it closes this.
 */
public final class ProgramProcess implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration STOP_TIMEOUT = Duration.ofMinutes(2);

    private final Process process;
    private final Path log;

    private ProgramProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** When a process counts as started; it may throw while it is not. */
    @FunctionalInterface
    public interface Readiness {
        boolean isReady() throws IOException, InterruptedException;
    }

    /** Appends to the log, and does not wait for anything. */
    public static ProgramProcess start(Path directory, Map<String, String> settings, Path log, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        replaceSettings(builder.environment(), settings);
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process process = builder.start();
        process.getOutputStream().close();
        return new ProgramProcess(process, log);
    }

    static void replaceSettings(Map<String, String> inherited, Map<String, String> settings) {
        inherited.keySet().removeIf(name -> name.startsWith("STEM") || name.startsWith("STIGMEM"));
        inherited.putAll(settings);
    }

    /** @throws AssertionError with the log when the process ends before it is ready, or takes minutes */
    public void awaitReady(Readiness readiness) throws IOException, InterruptedException {
        awaitReady(START_TIMEOUT, readiness);
    }

    /** As {@link #awaitReady(Readiness)}, for a start that has more to do. */
    public void awaitReady(Duration timeout, Readiness readiness) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!isReady(readiness)) {
            if (System.nanoTime() > deadline || process.waitFor(10, TimeUnit.MILLISECONDS)) {
                kill();
                throw new AssertionError("the process did not become ready:\n" + logText());
            }
        }
    }

    private static boolean isReady(Readiness readiness) throws InterruptedException {
        try {
            return readiness.isReady();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** @throws AssertionError when there are no such words in the log after minutes, or when the process ended without them */
    public void awaitLog(String words) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!logText().contains(words)) {
            if (System.nanoTime() > deadline || !process.isAlive() && !logText().contains(words)) {
                throw new AssertionError("the log never said \"" + words + "\":\n" + logText());
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    public String logText() throws IOException {
        return Files.readString(log);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** For instance {@code TERM}. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    /** At once, with what it started and what wraps it. */
    public void kill() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.waitFor();
    }

    /** The exit code of a process that ends by itself. @throws AssertionError when it does not within minutes */
    public int awaitEnd() throws IOException, InterruptedException {
        if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            throw new AssertionError("the process did not end in " + STOP_TIMEOUT + ":\n" + logText());
        }
        return process.exitValue();
    }

    /** Asks it to drain and stop. @return the exit code */
    public int stop() throws IOException, InterruptedException {
        process.destroy();
        return awaitEnd();
    }

    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                stop();
            }
        } catch (IOException e) {
            throw new AssertionError("the log is not readable", e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
