package bulwark.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A real OpenSearch of its own on loopback, which ends with the test. {@code ./bulwark test} brings it; absent: one clear skip line; with {@code CI=true}: a failure. It does not run as root, so
 * that a test of root gives it to nobody. Used by one thread.
 */
public final class OpenSearchServer implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    private static final String NOBODY = "65534";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path home;
    private final ProgramProcess process;
    private final int port;

    private OpenSearchServer(Path home, ProgramProcess process, int port) {
        this.home = home;
        this.process = process;
        this.port = port;
    }

    /** Started and empty. */
    public static OpenSearchServer start() {
        Path distribution = distribution();
        int port = FreePort.next();
        try {
            Path home = Files.createTempDirectory("opensearch");
            prepare(distribution, home);
            Map<String, String> environment = new LinkedHashMap<>();
            environment.put("OPENSEARCH_JAVA_HOME", System.getProperty("java.home"));
            environment.put("OPENSEARCH_JAVA_OPTS", "-Xms256m -Xmx512m");
            List<String> command = new ArrayList<>();
            if (isRoot()) {
                command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
            }
            command.addAll(List.of(
                    home.resolve("bin/opensearch").toString(),
                    "-E",
                    "discovery.type=single-node",
                    "-E",
                    "http.host=127.0.0.1",
                    "-E",
                    "transport.host=127.0.0.1",
                    "-E",
                    "http.port=" + port,
                    "-E",
                    "transport.port=" + FreePort.next()));
            ProgramProcess process = ProgramProcess.start(home, environment, home.resolve("opensearch.log"), command);
            OpenSearchServer server = new OpenSearchServer(home, process, port);
            Runtime.getRuntime().addShutdownHook(new Thread(server::endProcess));
            process.awaitReady(START_TIMEOUT, () -> server.send("GET", "/", "").statusCode() == 200);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void prepare(Path distribution, Path home) throws IOException, InterruptedException {
        Shell.Outcome prepared = Shell.bash(home, Map.of(), Duration.ofMinutes(1), """
                cp -r '%1$s/bin' '%1$s/config' . && mkdir data logs && sed -i '/-Xlog:gc/d' config/jvm.options
                for each in lib modules plugins agent; do ln -s '%1$s'/$each .; done
                [ "$(id -u)" != 0 ] || chown -R %2$s:%2$s .
                """.formatted(distribution, NOBODY));
        if (prepared.exitCode() != 0) {
            throw new IOException("OpenSearch could not be prepared: " + prepared);
        }
    }

    private void endProcess() {
        try {
            process.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param name for instance {@code STOP} */
    public void signal(String name) throws IOException, InterruptedException {
        process.signal(name);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static Path distribution() {
        Path brought = SharedMaterial.repository().resolve(".bulwark/tools/opensearch");
        if (!Files.isExecutable(brought.resolve("bin/opensearch"))) {
            String sentence = "there is no OpenSearch in .bulwark/tools: this test needs it and proves nothing without";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(sentence);
            }
            Assumptions.abort("SKIPPED: " + sentence);
        }
        return brought;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** @param json empty for no body */
    public HttpResponse<String> send(String method, String path, String json) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(url() + path))
                        .timeout(Duration.ofSeconds(30))
                        .header("Content-Type", "application/json")
                        .method(method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Also when it is stopped. */
    @Override
    public void close() {
        endProcess();
        http.close();
        try {
            Shell.bash(Path.of("/"), Map.of(), Duration.ofMinutes(1), "rm -rf '" + home + "'");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
