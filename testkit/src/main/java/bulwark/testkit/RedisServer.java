package bulwark.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real {@code redis-server} of its own on loopback, in a folder of its own, which ends with the test. Absent: one clear skip line; with {@code CI=true}: a failure.
 * Used by one thread.
 */
public final class RedisServer implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final String READY = "Ready to accept connections";

    private final Path directory;
    private final boolean ownDirectory;
    private final List<String> command;
    private final int port;
    private final boolean tls;
    private final Thread atExit = new Thread(this::kill);
    private Process process;
    private int starts;

    private RedisServer(Path directory, boolean ownDirectory, List<String> command, int port, boolean tls) {
        this.directory = directory;
        this.ownDirectory = ownDirectory;
        this.command = command;
        this.port = port;
        this.tls = tls;
        process = launch();
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Started and answering. Without {@code --port} or {@code --tls-port} on a free port; without {@code --save} nothing is written to disk unless {@code --appendonly yes}
     * is given.
     */
    public static RedisServer start(String... flags) {
        RequiredProgram.onThePath("redis-server");
        Path directory = temporary();
        List<String> command = new ArrayList<>(List.of("redis-server"));
        command.addAll(List.of(flags));
        int tlsPort = portIn(command, "--tls-port");
        int port = tlsPort > 0 ? tlsPort : portIn(command, "--port");
        if (port <= 0) {
            port = FreePort.next();
            command.addAll(List.of("--port", String.valueOf(port)));
        }
        defaultFlag(command, "--bind", "127.0.0.1");
        defaultFlag(command, "--save", "");
        defaultFlag(command, "--dir", directory.toString());
        return new RedisServer(directory, true, command, port, tlsPort > 0);
    }

    /**
     * Started by a command line as a document has it, in a folder that stays.
     *
     * @param port on which it listens; the command line says so too
     */
    public static RedisServer ofCommandLine(Path directory, String commandLine, int port) {
        RequiredProgram.onThePath("redis-server");
        List<String> command = List.of("bash", "-c", "exec " + commandLine);
        return new RedisServer(directory, false, command, port, commandLine.contains("--tls-port"));
    }

    /** With an append-only file that is synced at each write: what was answered survives {@link #kill()}. */
    public static RedisServer durable() {
        return start("--appendonly", "yes", "--appendfsync", "always");
    }

    /** Clients must show a certificate of the same authority; there is no plain port. */
    public static RedisServer mutualTls(Path certificate, Path key, Path authority, String... more) {
        List<String> flags = new ArrayList<>(List.of("--port", "0", "--tls-port", String.valueOf(FreePort.next())));
        flags.addAll(List.of("--tls-cert-file", certificate.toString(), "--tls-key-file", key.toString()));
        flags.addAll(List.of("--tls-ca-cert-file", authority.toString(), "--tls-auth-clients", "yes"));
        flags.addAll(List.of(more));
        return start(flags.toArray(String[]::new));
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** Its working folder, deleted at the end. */
    public Path directory() {
        return directory;
    }

    /** {@code redis://127.0.0.1:PORT/0}, or {@code rediss:} when it has a TLS port only. */
    public String url() {
        return url("127.0.0.1");
    }

    public String url(String host) {
        return (tls ? "rediss://" : "redis://") + host + ":" + port + "/0";
    }

    /** At once, as a power cut would. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** At once, and then again on the same files. */
    public void killAndStart() {
        kill();
        startAgain();
    }

    /** Orderly. */
    public void stop() {
        process.destroy();
        awaitEnd();
    }

    /** Starts again what was stopped or killed: same port, flags and folder. */
    public void startAgain() {
        process = launch();
    }

    /** Answers nothing until {@link #resume()}, while its connections stay open. */
    public void freeze() {
        signal("-STOP");
    }

    public void resume() {
        signal("-CONT");
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(atExit);
        if (!ownDirectory) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill " + name + " ended with code " + code);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Process launch() {
        Path log = directory.resolve("redis-" + port + "-" + ++starts + ".log");
        try {
            Process started = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                awaitReady(started, log);
            } catch (IOException | RuntimeException e) {
                started.destroyForcibly();
                throw e;
            }
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitReady(Process started, Path log) throws IOException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!Files.readString(log, StandardCharsets.UTF_8).contains(READY)) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                started.destroyForcibly();
                throw new IllegalStateException("redis-server did not start:\n" + Files.readString(log));
            }
            try {
                started.waitFor(10, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static int portIn(List<String> command, String flag) {
        int at = command.indexOf(flag);
        return at < 0 ? -1 : Integer.parseInt(command.get(at + 1));
    }

    private static void defaultFlag(List<String> command, String flag, String value) {
        if (!command.contains(flag)) {
            command.addAll(List.of(flag, value));
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
