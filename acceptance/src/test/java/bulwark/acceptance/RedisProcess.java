package bulwark.acceptance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real redis-server, run by the command line that a document or a test gives. */
final class RedisProcess implements AutoCloseable {
    private final Path directory;
    private final String command;
    private final int port;
    private Process process;

    private RedisProcess(Path directory, String command, int port) throws IOException, InterruptedException {
        this.directory = directory;
        this.command = command;
        this.port = port;
        process = launch();
    }

    static RedisProcess start(Path directory, String command, int port) throws IOException, InterruptedException {
        return new RedisProcess(directory, command, port);
    }

    /** Every write synced before its answer, so that a kill loses nothing that was acknowledged. */
    static RedisProcess durable(Path directory, int port) throws IOException, InterruptedException {
        return start(
                directory,
                "redis-server --bind 127.0.0.1 --port " + port + " --appendonly yes --appendfsync always --save ''",
                port);
    }

    private Process launch() throws IOException, InterruptedException {
        Process started = new ProcessBuilder("bash", "-c", "exec " + command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("redis-" + port + ".log").toFile()))
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!listens()) {
            if (System.nanoTime() > deadline || started.waitFor(10, TimeUnit.MILLISECONDS)) {
                started.destroyForcibly();
                throw new AssertionError("redis-server did not start: " + command);
            }
        }
        return started;
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** kill -9, then the same command again on the same files. */
    void killAndStart() throws IOException, InterruptedException {
        kill();
        process = launch();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
