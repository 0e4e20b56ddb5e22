package bulwark.acceptance;

import bulwark.facts.node.FactsNode;
import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fact node in a folder: as a process of its own, started the way a user starts it, or on threads of this one. */
final class NodeUnderTest implements AutoCloseable {
    static final String ADMIN_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f1";
    static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    final Path directory;
    final int plainPort;
    final int port;
    final Map<String, String> environment;
    private @Nullable ProgramProcess process;
    private @Nullable FactsNode here;

    private NodeUnderTest(Path directory, int port, int plainPort, Map<String, String> environment) {
        this.directory = directory;
        this.port = port;
        this.plainPort = plainPort;
        this.environment = environment;
    }

    /** A node in a fresh folder with free ports; settings add to and override the defaults of this kit. */
    static NodeUnderTest in(Path directory, Map<String, String> settings) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("STIGMEM_PORT", Integer.toString(FreePort.next()));
        environment.put("STIGMEM_LOCAL_HTTP_PORT", Integer.toString(FreePort.next()));
        environment.put("STIGMEM_ADMIN_KEY", ADMIN_KEY);
        environment.putAll(settings);
        String plain = environment.containsKey("STIGMEM_TLS_CERT_PATH") ? "STIGMEM_LOCAL_HTTP_PORT" : "STIGMEM_PORT";
        return new NodeUnderTest(
                directory,
                Integer.parseInt(environment.getOrDefault("STIGMEM_PORT", "0")),
                Integer.parseInt(environment.getOrDefault(plain, "0")),
                environment);
    }

    /** @param wrapper a command to run the node under, for instance strace with its options */
    NodeUnderTest start(String... wrapper) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(wrapper));
        command.add(SharedMaterial.repository().resolve("bin/stigmem-node").toString());
        Files.deleteIfExists(runFile());
        process = ProgramProcess.start(directory, environment, log(), command);
        process.awaitReady(() -> Files.exists(runFile()));
        return this;
    }

    /** The same node on threads of this process: for tests that look at answers and files, and at nothing of a process. */
    NodeUnderTest startHere() throws IOException {
        here = FactsNode.start(environment, directory, Clock.systemUTC());
        return this;
    }

    ProgramProcess process() {
        if (process == null) {
            throw new IllegalStateException("no process was started");
        }
        return process;
    }

    Path store() {
        return directory.resolve(environment.getOrDefault("STIGMEM_DB_PATH", "stigmem.db"));
    }

    Path runFile() {
        return directory.resolve(store().getFileName() + ".run.json");
    }

    Path log() {
        return directory.resolve("node.log");
    }

    String logText() throws IOException {
        return Files.exists(log()) ? Files.readString(log()) : "";
    }

    HttpResponse<String> get(String target, @Nullable String key, String... headers)
            throws IOException, InterruptedException {
        return send(request(target, key, headers).GET());
    }

    HttpResponse<String> post(String target, @Nullable String key, String body, String... headers)
            throws IOException, InterruptedException {
        return send(request(target, key, headers)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpRequest.Builder request(String target, @Nullable String key, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://localhost:" + plainPort + target))
                .timeout(Duration.ofSeconds(20));
        if (key != null) {
            builder.header("Authorization", "Bearer " + key);
        }
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return builder;
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The owner's command in the node's folder. */
    Shell.Outcome stigmem(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(SharedMaterial.repository().resolve("bin/stigmem").toString());
        command.addAll(List.of(arguments));
        return Shell.run(directory, environment, Duration.ofSeconds(60), command);
    }

    /** kill -9, of the node and of what wraps it. */
    void kill() throws InterruptedException {
        process().kill();
    }

    int stop() throws IOException, InterruptedException {
        return process().stop();
    }

    @Override
    public void close() {
        if (here != null) {
            here.close();
        }
        if (process != null) {
            process.close();
        }
    }
}
