package bulwark.acceptance.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A gateway in a folder, as a process of its own that is started the way a user starts it. Used by one thread, but for what only sends requests. */
final class GatewayUnderTest implements AutoCloseable {
    static final String ADMIN = "an-admin-token-of-the-tests-0123456789";
    static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(2);

    final Path directory;
    final int port;
    private final Map<String, String> environment;
    private @Nullable ProgramProcess process;

    private GatewayUnderTest(Path directory, int port, Map<String, String> environment) {
        this.directory = directory;
        this.port = port;
        this.environment = environment;
    }

    /** A gateway on a free port that may call backends on loopback and has no limits of calls; settings add to and override that. An empty value takes a setting away. */
    static GatewayUnderTest in(Path directory, Map<String, String> settings) {
        int port = FreePort.next();
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("STOA_PORT", Integer.toString(port));
        environment.put("STOA_ADMIN_API_TOKEN", ADMIN);
        environment.put("STOA_SSRF__ALLOWED_CIDRS", "127.0.0.1/32");
        environment.put("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "0");
        environment.put("STOA_QUOTA_DEFAULT_DAILY_LIMIT", "0");
        environment.put("STOA_RATE_LIMIT_DEFAULT", "1000000000");
        environment.putAll(settings);
        environment.values().removeIf(String::isEmpty);
        return new GatewayUnderTest(directory, port, environment);
    }

    /** @param wrapper a command to run the gateway under */
    GatewayUnderTest start(String... wrapper) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(wrapper));
        command.add(program());
        command.add("gateway");
        process = ProgramProcess.start(directory, environment, directory.resolve("gateway.log"), command);
        process.awaitReady(() ->
                HTTP.send(request("/health").timeout(Duration.ofSeconds(5)).build(), BodyHandlers.discarding())
                                .statusCode()
                        < 400);
        return this;
    }

    static String program() {
        return SharedMaterial.repository().resolve("bin/stoa").toString();
    }

    ProgramProcess process() {
        if (process == null) {
            throw new IllegalStateException("no process was started");
        }
        return process;
    }

    Path state() {
        return directory.resolve(environment.getOrDefault("STOA_STATE_DIR", "stoa-state"));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofMinutes(1));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> admin(String method, String path, String body) throws IOException, InterruptedException {
        String adminPort = environment.getOrDefault("STOA_ADMIN_PORT", Integer.toString(port));
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
                .timeout(Duration.ofMinutes(1))
                .header("Authorization", "Bearer " + ADMIN)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    /** A route of the tenant acme at {@code /apis/ID}. @param more further members, each with a comma before it */
    void route(String id, int backendPort, String more) throws IOException, InterruptedException {
        HttpResponse<String> answer = admin("POST", "/admin/apis", routeJson(id, backendPort, more));
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
    }

    static String routeJson(String id, int backendPort, String more) {
        return "{\"id\":\"" + id + "\",\"tenant_id\":\"acme\",\"path_prefix\":\"/apis/" + id
                + "\",\"backend_url\":\"http://127.0.0.1:" + backendPort + "\"" + more + "}";
    }

    /** Of a devops of the tenant acme, as the command issues it. */
    String token() throws IOException, InterruptedException {
        Shell.Outcome issued = stoa("token", "issue", "--role", "devops", "--tenant", "acme", "--for", "5m");
        assertThat(issued.exitCode()).as(issued.err()).isZero();
        return issued.out().strip();
    }

    /** A command in the folder of the gateway. */
    Shell.Outcome stoa(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(program());
        command.addAll(List.of(arguments));
        return Shell.run(directory, environment, COMMAND_TIMEOUT, command);
    }

    /** kill -9, of the gateway and of what wraps it. */
    void kill() throws InterruptedException {
        process().kill();
    }

    /** Asks it to drain and stop. @return the exit code */
    int stop() throws IOException, InterruptedException {
        return process().stop();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
