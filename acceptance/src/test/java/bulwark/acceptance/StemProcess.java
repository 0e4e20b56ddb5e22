package bulwark.acceptance;

import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A worker or a beat as its own process, started the way a user starts it: {@code bin/stem …} with settings in the environment. */
final class StemProcess implements AutoCloseable {
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(2);

    private final ProgramProcess process;
    private final int metricsPort;

    private StemProcess(ProgramProcess process, int metricsPort) {
        this.process = process;
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
        int metricsPort = FreePort.next();
        Path log = directory.resolve(String.join("-", arguments).replace('/', '_') + "-" + metricsPort + ".log");
        Map<String, String> environment = new LinkedHashMap<>(settings);
        environment.put("STEM_METRICS_PORT", Integer.toString(metricsPort));
        return new StemProcess(ProgramProcess.start(directory, environment, log, command(arguments)), metricsPort);
    }

    /** A command that ends by itself. */
    static Shell.Outcome run(Path directory, Map<String, String> settings, String... arguments)
            throws IOException, InterruptedException {
        return Shell.run(directory, settings, COMMAND_TIMEOUT, command(arguments));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(SharedMaterial.repository().resolve("bin/stem").toString());
        command.addAll(List.of(arguments));
        return command;
    }

    void awaitReady() throws IOException, InterruptedException {
        process.awaitReady(() -> get("/readyz").statusCode() == 200);
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
        return process.logText();
    }

    void awaitLog(String words) throws IOException, InterruptedException {
        process.awaitLog(words);
    }

    boolean alive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    void signal(String name) throws IOException, InterruptedException {
        process.signal(name);
    }

    /** kill -9 */
    void kill() throws InterruptedException {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }
}
