package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.evidence.DecisionQuery;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.evidence.RecordedDecision;
import bulwark.gateway.state.GatewayStore;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a whole gateway says of routes to callers that they do not exist for, and what it records of refusals that reach no stage. */
@Timeout(300)
class RouteDisclosureTest {
    @TempDir
    private Path folder;

    private static Map<String, List<String>> lines(HttpResponse<?> answer) {
        Map<String, List<String>> lines = new TreeMap<>(answer.headers().map());
        lines.keySet().removeAll(List.of("date", "x-stoa-trace-id"));
        return lines;
    }

    @Test
    void a_route_of_another_tenant_is_no_different_from_none() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            gateway.route("foreign", "globex", ",\"methods\":[\"GET\"]");
            gateway.route("off", "globex", ",\"activated\":false");
            gateway.policy("pages", "cors", "{\"allowed_origins\":[\"https://a.example\"]}", ",\"api_id\":\"foreign\"");
            HttpResponse<String> absent = gateway.send(gateway.as("ann", "/apis/absent/x"));
            assertThat(absent.statusCode()).isEqualTo(404);
            for (String path : List.of("/apis/foreign/x", "/apis/off/x")) {
                HttpResponse<String> foreign = gateway.send(gateway.as("ann", path));
                assertThat(foreign.statusCode()).as(path).isEqualTo(404);
                assertThat(foreign.body()).as(path).isEqualTo(absent.body());
                assertThat(lines(foreign)).as(path).isEqualTo(lines(absent));
            }
            HttpResponse<String> method =
                    gateway.send(gateway.as("ann", "/apis/foreign/x").PUT(BodyPublishers.ofString("x")));
            assertThat(method.statusCode()).isEqualTo(404);
        }
    }

    @Test
    void how_a_route_may_be_used_is_said_to_its_callers_alone_and_recorded_with_it() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            gateway.route("own", "acme", ",\"methods\":[\"GET\"]");
            HttpResponse<String> unknown =
                    gateway.send(gateway.request("/apis/own/x").PUT(BodyPublishers.ofString("x")));
            assertThat(unknown.statusCode()).isEqualTo(401);
            assertThat(unknown.headers().firstValue("Allow")).isEmpty();

            HttpResponse<String> known =
                    gateway.send(gateway.as("ann", "/apis/own/x").PUT(BodyPublishers.ofString("x")));
            assertThat(known.statusCode()).isEqualTo(405);
            assertThat(known.headers().firstValue("Allow")).isPresent();
            RecordedDecision record = gateway.record(known);
            assertThat(record.text("route")).isEqualTo("own");
            assertThat(record.text("tenant")).isEqualTo("acme");
        }
    }

    @Test
    void a_request_whose_head_cannot_be_read_leaves_a_record() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            String answer = exchange(
                    gateway.port(),
                    "POST /apis/own HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 400 ");
            String trace = answer.replaceAll("(?s).*X-Stoa-Trace-Id: (\\w+).*", "$1");
            DecisionQuery query = new DecisionQuery(Instant.EPOCH, null, null, null, null, trace, 10);
            RecordedDecision record = Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(
                            () -> new EvidenceFolder(GatewayStore.file(folder)).query(query),
                            records -> !records.isEmpty())
                    .getFirst();
            assertThat(record.text("code")).isEqualTo("malformed_request");
            assertThat(record.text("client")).isEqualTo("127.0.0.1");
        }
    }

    @DisplayName("Q8: health and metrics are answered whatever a quota says")
    @Test
    void health_and_metrics_are_answered_whatever_a_quota_says() throws Exception {
        try (GatewayFixture gateway =
                GatewayFixture.start(folder, Map.of("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "1"), Clock.systemUTC())) {
            assertThat(gateway.send(gateway.as("ann", "/apis/own/x")).statusCode())
                    .isEqualTo(200);
            assertThat(gateway.send(gateway.as("ann", "/apis/own/x")).statusCode())
                    .isEqualTo(429);
            for (String path : List.of("/health", "/health/live", "/metrics", "/health", "/metrics")) {
                assertThat(gateway.send(gateway.as("ann", path)).statusCode())
                        .as(path)
                        .isEqualTo(200);
            }
        }
    }

    private static String exchange(int port, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
