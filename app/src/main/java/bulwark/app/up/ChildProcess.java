package bulwark.app.up;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.process.ConfinedStart;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** One part in its own process, with its own environment and folder; its output is passed on with its name before each line. */
final class ChildProcess implements AutoCloseable {
    static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
    private static final int DRAIN_SECONDS = 20;
    private static final int MAX_LINE_CHARS = 64 * 1024;
    private static final List<String> PASSED_ON = List.of("PATH", "HOME", "LANG", "TZ", "TMPDIR");

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    static ChildProcess start(String name, Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        return started(
                name,
                builder(directory, environment, SelfCommandLine.commandLine(command))
                        .start());
    }

    static ChildProcess start(
            String name, Path directory, Map<String, String> environment, ChildProgram program, List<String> arguments)
            throws IOException {
        return started(
                name,
                builder(directory, environment, SelfCommandLine.commandLine(program, arguments))
                        .start());
    }

    /** For a part that runs other people's code: see {@link ConfinedStart}. */
    static ChildProcess startConfined(
            String name, Path directory, Map<String, String> environment, List<String> command) throws IOException {
        return started(
                name, ConfinedStart.start(builder(directory, environment, SelfCommandLine.commandLine(command))));
    }

    private static ProcessBuilder builder(Path directory, Map<String, String> environment, List<String> line) {
        ProcessBuilder builder = new ProcessBuilder(line).directory(directory.toFile());
        builder.environment().keySet().retainAll(PASSED_ON);
        builder.environment().putAll(environment);
        return builder.redirectErrorStream(true);
    }

    static ChildProcess start(String name, ProcessBuilder builder) throws IOException {
        return started(name, builder.redirectErrorStream(true).start());
    }

    private static ChildProcess started(String name, Process process) throws IOException {
        process.getOutputStream().close();
        BufferedReader lines = process.inputReader();
        EssentialThread.virtual("output of " + name, () -> passOn(name, lines, System.err))
                .start();
        return new ChildProcess(process);
    }

    /** Where nobody reads, the child would come to a stand. Of a line no more is kept than {@value #MAX_LINE_CHARS} characters. */
    static void passOn(String name, Reader output, PrintStream to) {
        StringBuilder line = new StringBuilder();
        boolean cut = false;
        try {
            for (int c = output.read(); c >= 0; c = output.read()) {
                if (c == '\n') {
                    to.println(name + " | " + line + (cut ? "… (cut)" : ""));
                    line.setLength(0);
                    cut = false;
                } else if (line.length() == MAX_LINE_CHARS) {
                    cut = true;
                } else if (c != '\r') {
                    line.append((char) c);
                }
            }
        } catch (IOException e) {
            to.println(name + " | (its output ended: " + e.getMessage() + ")");
        }
        if (!line.isEmpty()) {
            to.println(name + " | " + line);
        }
    }

    /** True once the child has written its run file; false when it ended or the time is over. */
    boolean awaitReady(Path runFile, Duration timeout) throws InterruptedException, IOException {
        String mine = "\"pid\":" + process.pid();
        return await(runFile, timeout, text -> text.contains(mine));
    }

    /** True once the child has written its PID file, which it does when it is ready; otherwise as {@link #awaitReady}. */
    boolean awaitPid(Path pidFile, Duration timeout) throws InterruptedException, IOException {
        String mine = Long.toString(process.pid());
        return await(pidFile, timeout, text -> text.strip().equals(mine));
    }

    private boolean await(Path file, Duration timeout, Predicate<String> ready)
            throws InterruptedException, IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (System.nanoTime() < deadline) {
            if (Files.exists(file) && ready.test(Files.readString(file))) {
                return true;
            }
            if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return false;
    }

    int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** Asks the child to drain and stop, and ends it when it does not. */
    @Override
    public void close() {
        process.toHandle().destroy(); // and not process.destroy(), which would also cut off its last words
        try {
            if (!process.waitFor(DRAIN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
