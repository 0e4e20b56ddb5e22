package bulwark.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** A real Redis on loopback for one set of figures. */
final class BenchRedis implements AutoCloseable {
    /** How durable an answer of Redis is. */
    enum Sync {
        NONE("no append-only file", List.of("--appendonly", "no")),
        ALWAYS("append-only file, fsync always", List.of("--appendonly", "yes", "--appendfsync", "always"));

        final String words;
        private final List<String> flags;

        Sync(String words, List<String> flags) {
            this.words = words;
            this.flags = flags;
        }
    }

    final int port;
    private final Process process;

    private BenchRedis(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    static BenchRedis start(Path scratch, Sync sync) throws IOException, InterruptedException {
        int port = freePort();
        List<String> flags = new ArrayList<>(List.of("--port", Integer.toString(port)));
        flags.addAll(sync.flags);
        BenchRedis redis = launch(scratch, port, flags);
        redis.awaitPing();
        return redis;
    }

    /** TLS only, client certificates required; the folder holds what {@code stem tls generate} made. */
    static BenchRedis startTls(Path scratch, Path certificates) throws IOException, InterruptedException {
        int port = freePort();
        BenchRedis redis = launch(
                scratch,
                port,
                List.of(
                        "--port",
                        "0",
                        "--tls-port",
                        Integer.toString(port),
                        "--tls-cert-file",
                        certificates + "/server.crt",
                        "--tls-key-file",
                        certificates + "/server.key",
                        "--tls-ca-cert-file",
                        certificates + "/ca.crt",
                        "--tls-auth-clients",
                        "yes",
                        "--appendonly",
                        "no"));
        redis.awaitListening();
        return redis;
    }

    private static BenchRedis launch(Path scratch, int port, List<String> flags) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("redis-" + port));
        List<String> command = new ArrayList<>(List.of("redis-server", "--bind", "127.0.0.1", "--save", ""));
        command.addAll(flags);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        return new BenchRedis(port, process);
    }

    private void awaitPing() throws InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try (Jedis jedis = new Jedis("127.0.0.1", port)) {
                jedis.ping();
                return;
            } catch (JedisException e) {
                giveUpAfter(attempt);
            }
        }
    }

    private void awaitListening() throws InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try (java.net.Socket socket = new java.net.Socket("127.0.0.1", port)) {
                return;
            } catch (IOException e) {
                giveUpAfter(attempt);
            }
        }
    }

    private void giveUpAfter(int attempt) throws InterruptedException {
        if (attempt > 500 || process.waitFor(20, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("redis-server does not answer on port " + port);
        }
    }

    String url() {
        return "redis://127.0.0.1:" + port + "/0";
    }

    double cpuSeconds() throws IOException {
        return ProcessFigures.cpuSeconds(process.pid());
    }

    void flush() {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            jedis.flushAll();
        }
    }

    long usedMemory() {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            return jedis.info("memory")
                    .lines()
                    .filter(line -> line.startsWith("used_memory:"))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    long streamLength(String stream) {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            return jedis.xlen(stream);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
