package bulwark.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A real {@code redis-server} of its own on loopback, in a folder of its own, which ends with the test. Absent: one clear skip line; with {@code CI=true}: a failure.
 * Used by one thread.
 */
public final class RedisServer implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final String READY = "Ready to accept connections";

    private final Path directory;
    private final List<String> flags;
    private final int port;
    private final boolean tls;
    private final Thread atExit = new Thread(this::kill);
    private Process process;
    private int starts;

    private RedisServer(List<String> given) {
        directory = temporary();
        flags = new ArrayList<>(given);
        int ownPort = Math.max(portIn("--port"), portIn("--tls-port"));
        tls = portIn("--tls-port") > 0;
        if (ownPort <= 0) {
            ownPort = freePort();
            flags.addAll(List.of("--port", String.valueOf(ownPort)));
        }
        port = ownPort;
        defaultFlag("--bind", "127.0.0.1");
        defaultFlag("--save", "");
        defaultFlag("--dir", directory.toString());
        process = launch();
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Started and answering. Without {@code --port} or {@code --tls-port} on a free port; without {@code --save} nothing is written to disk unless {@code --appendonly yes}
     * is given.
     */
    public static RedisServer start(String... flags) {
        requireBinary();
        return new RedisServer(List.of(flags));
    }

    /** With an append-only file that is synced at each write: what was answered survives {@link #kill()}. */
    public static RedisServer durable() {
        return start("--appendonly", "yes", "--appendfsync", "always");
    }

    /** Clients must show a certificate of the same authority; there is no plain port. */
    public static RedisServer mutualTls(Path certificate, Path key, Path authority, String... more) {
        List<String> flags = new ArrayList<>(List.of("--port", "0", "--tls-port", String.valueOf(freePort())));
        flags.addAll(List.of("--tls-cert-file", certificate.toString(), "--tls-key-file", key.toString()));
        flags.addAll(List.of("--tls-ca-cert-file", authority.toString(), "--tls-auth-clients", "yes"));
        flags.addAll(List.of(more));
        return start(flags.toArray(String[]::new));
    }

    /** Skips the test, or fails it in CI, when there is no {@code redis-server} on the path. */
    public static void requireBinary() {
        String path = System.getenv().getOrDefault("PATH", "");
        if (Stream.of(path.split(":", -1)).anyMatch(folder -> Files.isExecutable(Path.of(folder, "redis-server")))) {
            return;
        }
        String sentence = "redis-server is not on the PATH: this test needs it and proves nothing without";
        if ("true".equals(System.getenv("CI"))) {
            Assertions.fail(sentence);
        }
        Assumptions.abort("SKIPPED: " + sentence);
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
            Assertions.assertEquals(0, code, "kill " + name);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Process launch() {
        Path log = directory.resolve("server-" + ++starts + ".log");
        List<String> command = new ArrayList<>(List.of("redis-server"));
        command.addAll(flags);
        try {
            Process started = new ProcessBuilder(command)
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

    private int portIn(String flag) {
        int at = flags.indexOf(flag);
        return at < 0 ? -1 : Integer.parseInt(flags.get(at + 1));
    }

    private void defaultFlag(String flag, String value) {
        if (!flags.contains(flag)) {
            flags.addAll(List.of(flag, value));
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
