package bulwark.seats.signer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The signer of a folder in a process of its own, with nothing in its environment but its settings. */
public final class SignerChild implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final SignerClient client;
    private final Process process;
    private final Path log;

    private SignerChild(SignerClient client, Process process, Path log) {
        this.client = client;
        this.process = process;
        this.log = log;
    }

    /**
     * Returns when it answers.
     *
     * @param wrapper what the command line begins with; empty for nothing
     * @param flags of Java
     * @param more settings
     */
    static SignerChild start(SignerUnderTest files, List<String> wrapper, List<String> flags, Map<String, String> more)
            throws IOException, InterruptedException {
        return start(files.folder, files.clock.instant(), wrapper, flags, files.environment(more));
    }

    /**
     * As above, for a folder that another test made.
     *
     * @param time at which it starts
     */
    public static SignerChild start(
            Path folder, Instant time, List<String> wrapper, List<String> flags, Map<String, String> environment)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(flags);
        if (!flags.contains("-cp")) {
            command.addAll(List.of("-cp", classPath()));
        }
        command.addAll(List.of(SignerProgram.class.getName(), folder.toString(), time.toString()));
        Path log = folder.resolve("signer.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put("PATH", System.getenv().getOrDefault("PATH", ""));
        SignerChild child = new SignerChild(new SignerClient(folder.resolve("signer.sock")), builder.start(), log);
        child.awaitReady();
        return child;
    }

    static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_NANOS;
        while (true) {
            try {
                client.health();
                return;
            } catch (SigningRefused notYet) {
                if (System.nanoTime() > deadline || process.waitFor(2, TimeUnit.MILLISECONDS)) {
                    kill();
                    throw new AssertionError("the signer did not become ready:\n" + Files.readString(log));
                }
            }
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** With its children, at once. */
    public void kill() throws InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
    }

    /** Ends it as an operator does. */
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            kill();
            throw new AssertionError("the signer did not stop");
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
