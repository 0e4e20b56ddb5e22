package bulwark.bench;

import bulwark.testkit.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The fact node as its launcher starts it, on a store of its own, with ceilings that a load does not reach. */
public final class BenchNode implements AutoCloseable {
    private static final String CEILING = "1000000000";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Process process;
    private final int port;
    private final String key;
    private final double readySeconds;

    private BenchNode(Process process, int port, String key, double readySeconds) {
        this.process = process;
        this.port = port;
        this.key = key;
        this.readySeconds = readySeconds;
    }

    /** Returns when {@code /healthz} answers 200. */
    public static BenchNode start(Path folder, String key) throws IOException, InterruptedException {
        int port = FreePort.next();
        Path program = Path.of(System.getProperty("bulwark.repository", "."), "bin", "stigmem-node");
        ProcessBuilder builder = new ProcessBuilder(program.toAbsolutePath().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("node.log").toFile()));
        builder.environment()
                .putAll(Map.of(
                        "STIGMEM_DB_PATH",
                        folder.resolve("bench.db").toString(),
                        "STIGMEM_HOST",
                        "127.0.0.1",
                        "STIGMEM_PORT",
                        Integer.toString(port),
                        "STIGMEM_ADMIN_KEY",
                        key,
                        "STIGMEM_TL_LOCAL_PATH",
                        folder.resolve("bench.tl.jsonl").toString(),
                        "STIGMEM_RATE_LIMIT_WRITE_PER_HOUR",
                        CEILING,
                        "STIGMEM_RATE_LIMIT_READ_PER_HOUR",
                        CEILING,
                        "STIGMEM_RATE_LIMIT_WRITE_BURST",
                        CEILING,
                        "STIGMEM_RATE_LIMIT_READ_BURST",
                        CEILING,
                        "STIGMEM_RATE_LIMIT_OPEN_PER_SECOND",
                        "0"));
        // The launcher's default follows the machine; figures are compared with the same heap everywhere.
        builder.environment().put("BULWARK_HEAP", "256m");
        long start = System.nanoTime();
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        try {
            awaitReady(process, port);
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
            throw e;
        }
        return new BenchNode(process, port, key, (System.nanoTime() - start) / 1e9);
    }

    public static String newKey() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** From exec of the launcher to the first answer. */
    public double readySeconds() {
        return readySeconds;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public String key() {
        return key;
    }

    String get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .header("Authorization", "Bearer " + key)
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    private static void awaitReady(Process process, int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!MachineHealth.ok(port)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the node did not start; see node.log");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
