package bulwark.acceptance.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.json.StrictJson;
import bulwark.testkit.FreePort;
import bulwark.testkit.OpenSearchServer;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An upstream dies; its circuit opens; Prometheus fires by the rules that are shipped; Alertmanager delivers; the record is in OpenSearch, and is explained. */
@Timeout(900)
class IncidentTest {
    private static final Path DEPLOY = SharedMaterial.repository().resolve("deploy");
    private static final Duration DEADLINE = Duration.ofMinutes(4);

    @TempDir
    private Path folder;

    private final List<String> delivered = new CopyOnWriteArrayList<>();
    private final int alertmanagerPort = FreePort.next();

    @Test
    void an_upstream_that_died_is_alerted_recorded_and_explained() throws Exception {
        RequiredProgram.onThePath("prometheus");
        RequiredProgram.onThePath("prometheus-alertmanager");
        List<String> templates = TemplatesInPlace.command();
        HttpServer upstream = server();
        HttpServer receiver = server();
        receiver.createContext("/alerts", exchange -> {
            delivered.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        try (OpenSearchServer openSearch = OpenSearchServer.start();
                GatewayUnderTest gateway = GatewayUnderTest.in(
                                folder,
                                Map.of("STOA_OPENSEARCH_URL", openSearch.url(), "STOA_CB_FAILURE_THRESHOLD", "2"))
                        .start();
                ProgramProcess alertmanager =
                        alertmanager(templates, receiver.getAddress().getPort());
                ProgramProcess prometheus = prometheus(gateway.port)) {
            gateway.route("orders", upstream.getAddress().getPort(), "");
            String token = gateway.token();
            assertThat(call(gateway, token).statusCode()).isEqualTo(204);
            assertThat(delivered).isEmpty();

            upstream.stop(0);

            await("an alert by Alertmanager")
                    .atMost(DEADLINE)
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> {
                        call(gateway, token);
                        return delivered.stream().anyMatch(IncidentTest::isCircuitAlert);
                    });
            HttpResponse<String> refused = call(gateway, token);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("Circuit breaker open for upstream");
            String trace = refused.headers().firstValue("X-Stoa-Trace-Id").orElseThrow();
            awaitRecord(openSearch, trace);
            Shell.Outcome explained = gateway.stoa("explain", trace);
            assertThat(explained.out())
                    .contains("(circuit_open) on route orders")
                    .contains("Look at the backend");
            assertThat(alertmanager.isAlive() && prometheus.isAlive()).isTrue();
        } finally {
            upstream.stop(0);
            receiver.stop(0);
        }
    }

    private static boolean isCircuitAlert(String body) {
        return body.contains("\"alertname\":\"StoaCircuitBreakerOpen\"") && body.contains("\"status\":\"firing\"");
    }

    private static void awaitRecord(OpenSearchServer openSearch, String trace) {
        await("the record in OpenSearch").atMost(DEADLINE).ignoreExceptions().untilAsserted(() -> {
            openSearch.send("POST", "/stoa-audit/_refresh", "");
            JsonNode found = StrictJson.parse(openSearch
                    .send("GET", "/stoa-audit/_search?q=correlation_id.keyword:" + trace, "")
                    .body()
                    .getBytes(StandardCharsets.UTF_8));
            assertThat(found.at("/hits/total/value").asInt(-1)).isEqualTo(1);
            assertThat(found.at("/hits/hits/0/_source/record/code").asString(""))
                    .isEqualTo("circuit_open");
        });
    }

    /** Answers 204. */
    private static HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static HttpResponse<String> call(GatewayUnderTest gateway, String token) throws Exception {
        return GatewayUnderTest.send(gateway.request("/apis/orders/1").header("Authorization", "Bearer " + token));
    }

    /** What is shipped, with the receiver of this test and shorter times. */
    private ProgramProcess alertmanager(List<String> wrapper, int receiver) throws Exception {
        String shipped = Files.readString(DEPLOY.resolve("alertmanager/alertmanager.yml"));
        Path file = folder.resolve("alertmanager.yml");
        Files.writeString(
                file,
                changed(shipped, "group_wait: 5s", "group_wait: 1s")
                        .replaceFirst("url: \\S+", "url: http://127.0.0.1:" + receiver + "/alerts"));
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                "prometheus-alertmanager",
                "--config.file=" + file,
                "--storage.path=" + folder.resolve("alertmanager"),
                "--cluster.listen-address=",
                "--web.listen-address=127.0.0.1:" + alertmanagerPort));
        return started(alertmanagerPort, command);
    }

    private ProgramProcess prometheus(int gateway) throws Exception {
        int port = FreePort.next();
        String rules = Files.readString(DEPLOY.resolve("prometheus/rules.yml"));
        Files.writeString(folder.resolve("rules.yml"), changed(rules, "for: 30s", "for: 2s"));
        String shipped = Files.readString(DEPLOY.resolve("prometheus/prometheus.yml"));
        Path file = folder.resolve("prometheus.yml");
        String faster = changed(shipped, "15s", "1s");
        String alerting = changed(faster, "127.0.0.1:9093", "127.0.0.1:" + alertmanagerPort);
        Files.writeString(file, changed(alerting, "127.0.0.1:8080", "127.0.0.1:" + gateway));
        return started(
                port,
                List.of(
                        "prometheus",
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + folder.resolve("prometheus"),
                        "--web.listen-address=127.0.0.1:" + port));
    }

    private static String changed(String shipped, String from, String to) {
        assertThat(shipped).contains(from);
        return shipped.replace(from, to);
    }

    private ProgramProcess started(int port, List<String> command) throws Exception {
        ProgramProcess process = ProgramProcess.start(folder, Map.of(), folder.resolve("log-of-" + port), command);
        process.awaitReady(() -> GatewayUnderTest.HTTP
                        .send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/-/ready"))
                                        .timeout(Duration.ofSeconds(10))
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode()
                == 200);
        return process;
    }
}
