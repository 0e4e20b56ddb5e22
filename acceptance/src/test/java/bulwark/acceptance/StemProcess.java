package bulwark.acceptance;

import static org.awaitility.Awaitility.await;

import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A worker or a beat as its own process, started the way a user starts it: {@code bin/stem …} with settings in the environment. */
final class StemProcess implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;
    private final int metricsPort;

    private StemProcess(Process process, Path log, int metricsPort) {
        this.process = process;
        this.log = log;
        this.metricsPort = metricsPort;
    }

    /** Starts and returns when the process says over HTTP that it is ready. */
    static StemProcess start(Path directory, Map<String, String> settings, String... arguments)
            throws IOException, InterruptedException {
        StemProcess started = launch(directory, settings, arguments);
        started.awaitReady();
        return started;
    }

    /** Starts and does not wait. */
    static StemProcess launch(Path directory, Map<String, String> settings, String... arguments) throws IOException {
        int metricsPort = NodeUnderTest.freePort();
        Path log = directory.resolve(String.join("-", arguments).replace('/', '_') + "-" + metricsPort + ".log");
        Map<String, String> environment = new LinkedHashMap<>(settings);
        environment.put("STEM_METRICS_PORT", Integer.toString(metricsPort));
        ProcessBuilder builder = new ProcessBuilder(command(arguments)).directory(directory.toFile());
        clean(builder.environment(), environment);
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        Process process = builder.start();
        process.getOutputStream().close();
        return new StemProcess(process, log, metricsPort);
    }

    /** A command that ends by itself. */
    static Shell.Outcome run(Path directory, Map<String, String> settings, String... arguments)
            throws IOException, InterruptedException {
        return Shell.run(directory, settings, START_TIMEOUT, command(arguments));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(SharedMaterial.repository().resolve("bin/stem").toString());
        command.addAll(List.of(arguments));
        return command;
    }

    static void clean(Map<String, String> inherited, Map<String, String> settings) {
        inherited.keySet().removeIf(name -> name.startsWith("STEM_") || name.startsWith("STIGMEM_"));
        inherited.putAll(settings);
    }

    void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!answersReady()) {
            if (System.nanoTime() > deadline || process.waitFor(20, TimeUnit.MILLISECONDS)) {
                close();
                throw new AssertionError("the process did not become ready:\n" + logText());
            }
        }
    }

    private boolean answersReady() throws InterruptedException {
        try {
            return get("/readyz").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return NodeUnderTest.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort + path))
                .timeout(Duration.ofSeconds(5))
                .GET());
    }

    String metrics() throws IOException, InterruptedException {
        return get("/metrics").body();
    }

    /** Sum over all label sets of the metric; 0 when there is none. */
    double metric(String name) throws IOException, InterruptedException {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    String logText() throws IOException {
        return Files.readString(log);
    }

    void awaitLog(String words) {
        await("\"" + words + "\" in " + log)
                .atMost(START_TIMEOUT)
                .until(() -> logText().contains(words));
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    }

    /** kill -9 */
    void kill() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        try {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                kill();
                throw new AssertionError("the process did not stop in 30 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
