package bulwark.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Keycloak of its own on loopback, with one realm and nothing kept on disk, which ends with the test. {@code ./bulwark test} brings it; absent: one clear skip line; with
 * {@code CI=true}: a failure. Its start takes half a minute on a quiet machine. Used by one thread.
 */
public final class KeycloakServer implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    /** Half a gigabyte resident, at most. */
    private static final String JVM = "-Xms64m -Xmx224m -XX:MaxMetaspaceSize=192m -XX:ReservedCodeCacheSize=48m"
            + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError -Dfile.encoding=UTF-8";

    private static final String ADMIN = "suite";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path home;
    private final ProgramProcess process;
    private final int port;
    private final String password;

    private KeycloakServer(Path home, ProgramProcess process, int port, String password) {
        this.home = home;
        this.process = process;
        this.port = port;
        this.password = password;
    }

    /**
     * Started, with the realm imported.
     *
     * @param realm its name
     * @param json its import
     */
    public static KeycloakServer start(String realm, String json) {
        Path distribution = distribution();
        int port = FreePort.next();
        String password = java.util.UUID.randomUUID().toString();
        try {
            Path home = Files.createTempDirectory("keycloak");
            // Its script takes the folder where it lies for its home, so that it alone is a copy.
            Files.createDirectories(home.resolve("bin"));
            Files.copy(
                    distribution.resolve("bin/kc.sh"), home.resolve("bin/kc.sh"), StandardCopyOption.COPY_ATTRIBUTES);
            for (String shared : List.of("lib", "providers", "themes", "conf", "version.txt")) {
                if (Files.exists(distribution.resolve(shared))) {
                    Files.createSymbolicLink(home.resolve(shared), distribution.resolve(shared));
                }
            }
            Files.createDirectories(home.resolve("data/import"));
            Files.writeString(home.resolve("data/import/realm.json"), json);
            Map<String, String> environment = new LinkedHashMap<>();
            environment.put("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN);
            environment.put("KC_BOOTSTRAP_ADMIN_PASSWORD", password);
            environment.put("JAVA_OPTS", JVM);
            environment.put("JAVA_HOME", System.getProperty("java.home"));
            ProgramProcess process = ProgramProcess.start(
                    home,
                    environment,
                    home.resolve("keycloak.log"),
                    List.of(
                            home.resolve("bin/kc.sh").toString(),
                            "start-dev",
                            "--db=dev-mem",
                            "--cache=local",
                            "--http-host=127.0.0.1",
                            "--http-port=" + port,
                            "--features=dpop,token-exchange,resource-indicators",
                            "--import-realm"));
            KeycloakServer server = new KeycloakServer(home, process, port, password);
            Runtime.getRuntime().addShutdownHook(new Thread(server::endProcess));
            process.awaitReady(START_TIMEOUT, () -> server.hasRealm(realm));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path distribution() {
        Path tools = SharedMaterial.repository().resolve(".bulwark/tools");
        String elsewhere = System.getenv("KEYCLOAK_HOME");
        Path found = elsewhere == null ? tools.resolve("keycloak") : Path.of(elsewhere);
        if (Files.isExecutable(found.resolve("bin/kc.sh"))) {
            return found;
        }
        String sentence = "Keycloak is not in .bulwark/tools: this test needs it and proves nothing without"
                + " (./bulwark test brings it)";
        if ("true".equals(System.getenv("CI"))) {
            Assertions.fail(sentence);
        }
        Assumptions.abort("SKIPPED: " + sentence);
        throw new IllegalStateException("unreachable");
    }

    private boolean hasRealm(String realm) throws IOException, InterruptedException {
        return get("/realms/" + realm + "/.well-known/openid-configuration", "").statusCode() == 200;
    }

    /** Without a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** @param token bearer token; empty for none */
    public HttpResponse<String> get(String path, String token) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url() + path)).GET(), token);
    }

    public HttpResponse<String> postJson(String path, String token, String json)
            throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(URI.create(url() + path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)),
                token);
    }

    public HttpResponse<String> delete(String path, String token) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url() + path)).DELETE(), token);
    }

    /** What the token endpoint of a realm answers to a form. */
    public HttpResponse<String> token(String realm, Map<String, String> form) throws IOException, InterruptedException {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(
                HttpRequest.newBuilder(URI.create(url() + "/realms/" + realm + "/protocol/openid-connect/token"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                "");
    }

    /** Of the administrator, as the token endpoint answers it. */
    public HttpResponse<String> adminToken() throws IOException, InterruptedException {
        return token(
                "master",
                Map.of("grant_type", "password", "client_id", "admin-cli", "username", ADMIN, "password", password));
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String token)
            throws IOException, InterruptedException {
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.timeout(Duration.ofMinutes(1)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void endProcess() {
        try {
            process.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        endProcess();
        http.close();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
