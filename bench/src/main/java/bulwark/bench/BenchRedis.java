package bulwark.bench;

import bulwark.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Jedis;

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
    private final RedisServer server;

    private BenchRedis(RedisServer server) {
        this.server = server;
        this.port = server.port();
    }

    /** Its files lie on the disk that the figures are of. */
    static BenchRedis start(Path scratch, Sync sync) throws IOException {
        List<String> flags = new ArrayList<>(sync.flags);
        flags.addAll(List.of("--dir", folder(scratch)));
        return new BenchRedis(RedisServer.start(flags.toArray(String[]::new)));
    }

    /** TLS only, client certificates required; the folder holds what {@code stem tls generate} made. */
    static BenchRedis startTls(Path scratch, Path certificates) throws IOException {
        return new BenchRedis(RedisServer.mutualTls(
                certificates.resolve("server.crt"),
                certificates.resolve("server.key"),
                certificates.resolve("ca.crt"),
                "--appendonly",
                "no",
                "--dir",
                folder(scratch)));
    }

    private static String folder(Path scratch) throws IOException {
        return Files.createTempDirectory(scratch, "redis").toString();
    }

    String url() {
        return server.url();
    }

    double cpuSeconds() throws IOException {
        return ProcessFigures.cpuSeconds(server.pid());
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

    @Override
    public void close() {
        server.close();
    }
}
