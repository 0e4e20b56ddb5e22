package bulwark.gateway.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.TestCalls;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.access.Principal;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.time.SettableClock;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AccessLogTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final Metrics metrics = new Metrics(AccessLog.METRICS);

    private static GatewayCall call(String path, String... fields) {
        GatewayCall call = TestCalls.call("GET", path, "192.0.2.7", fields);
        call.end(
                new CallOutcome(429, new GatewayRefusal.QuotaExceeded("Too many.", 1), null, true, 3, 5, 1_500_000),
                List.of());
        return call;
    }

    @Test
    void a_call_is_a_line_without_its_query_and_its_credentials() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AccessLog log = new AccessLog(out, metrics, clock)) {
            GatewayCall call = call(
                    "/orders?token=secret",
                    "Authorization: Bearer secret\r\n",
                    "Cookie: a=secret\r\n",
                    "User-Agent: x\"\ty\u0080\r\n");
            call.principal(new Principal("agent:a", "acme", Set.of(), null));
            log.ended(call);
            log.ended(call("/health/ready"));
            log.ended(call("/ready"));
            log.ended(call("/metrics?x"));
        }

        String lines = out.toString(StandardCharsets.UTF_8);
        assertThat(lines).doesNotContain("secret").endsWith("}\n");
        assertThat(lines.lines()).hasSize(1);
        JsonNode line = StrictJson.parse(lines.strip().getBytes(StandardCharsets.UTF_8));
        assertThat(line.get("log_type").asString()).isEqualTo("access_log");
        assertThat(line.get("time").asString()).isEqualTo("2026-11-27T12:00:00Z");
        assertThat(line.get("method").asString()).isEqualTo("GET");
        assertThat(line.get("path").asString()).isEqualTo("/orders");
        assertThat(line.get("status").asInt()).isEqualTo(429);
        assertThat(line.get("duration_ms").asDouble()).isEqualTo(1.5);
        assertThat(line.get("refusal").asString()).isEqualTo("quota_exceeded");
        assertThat(line.get("tenant_id").asString()).isEqualTo("acme");
        assertThat(line.get("consumer_id").asString()).isEqualTo("agent:a");
        assertThat(line.get("user_agent").asString()).isEqualTo("x\"\ty\u0080");
        assertThat(line.get("trace_id").asString()).hasSize(32);
    }

    @Test
    void calls_do_not_wait_for_an_output_that_is_stuck() {
        CountDownLatch stuck = new CountDownLatch(1);
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) {
                awaitQuietly();
            }

            @Override
            public void write(byte[] bytes, int from, int count) {
                awaitQuietly();
            }

            private void awaitQuietly() {
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (AccessLog log = new AccessLog(out, metrics, clock)) {
            GatewayCall call = call("/orders");
            Awaitility.await().until(() -> {
                for (int i = 0; i < 1_000; i++) {
                    log.ended(call);
                }
                return !metrics.scrape().contains("stoa_access_log_dropped_total 0.0");
            });
            stuck.countDown();
        }
    }
}
