package bulwark.gateway.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Name servers, an issuer and an OpenSearch that take what is sent and never answer, all at once: who needs them is told so, and nobody else waits. */
@Timeout(300)
class SilentNeighboursTest {
    private static final String ADMIN = "an-admin-token-of-the-tests-0123456789";
    private static final int WAITING_CALLS = 40;
    private static final int CALLS = 300;
    /** A look-up has three seconds, and a call three tries. */
    private static final Duration MAX_ANSWER_TIME = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Gateway gateway;

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .timeout(Duration.ofMinutes(2));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private void register(String id, String callers, String url) throws Exception {
        HttpResponse<String> answer = http.send(
                request("/admin/apis")
                        .header("Authorization", "Bearer " + ADMIN)
                        .POST(BodyPublishers.ofString("{\"id\":\"" + id + "\",\"tenant_id\":\"acme\",\"callers\":\""
                                + callers + "\",\"evidence\":\"best-effort\",\"path_prefix\":\"/" + id
                                + "\",\"backend_url\":\"" + url + "\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    @Test
    void calls_that_need_none_of_them_are_as_quick_as_before() throws Exception {
        try (LyingNameServer names = new LyingNameServer();
                CanaryPort backend = new CanaryPort();
                ServerSocket silent = new ServerSocket(0, 500, InetAddress.getLoopbackAddress())) {
            String nobody = "http://127.0.0.1:" + silent.getLocalPort();
            Map<String, String> settings = new HashMap<>(Map.of(
                    "STOA_STATE_DIR",
                    folder.toString(),
                    "STOA_ADMIN_API_TOKEN",
                    ADMIN,
                    "STOA_DNS__SERVERS",
                    names.address(),
                    "STOA_SSRF__ALLOWED_CIDRS",
                    "127.0.0.0/8",
                    "STOA_KEYCLOAK_URL",
                    nobody,
                    "STOA_KEYCLOAK_REALM",
                    "stoa",
                    "STOA_OPENSEARCH_URL",
                    nobody,
                    "STOA_QUOTA_DEFAULT_RATE_PER_MINUTE",
                    "0",
                    "STOA_RATE_LIMIT_DEFAULT",
                    "1000000000"));
            settings.put("STOA_PORT", "0");
            settings.put("STOA_QUOTA_DEFAULT_DAILY_LIMIT", "0");
            settings.put("STOA_CB_FAILURE_THRESHOLD", "1000");
            gateway = Gateway.start(
                    () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, Clock.systemUTC());
            try (Gateway running = gateway) {
                register("literal", "anybody", "http://" + LyingNameServer.TRUTH + ":" + backend.port);
                register("named", "anybody", "http://one.example.com:" + backend.port);
                register("known", "known", "http://" + LyingNameServer.TRUTH + ":" + backend.port);
                assertThat(get("/named").body()).isEqualTo(CanaryPort.HONEST);
                Duration before = ninetyNinth();

                names.silence(true);
                List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
                for (int i = 0; i < WAITING_CALLS; i++) {
                    waiting.add(http.sendAsync(request("/named").build(), BodyHandlers.ofString()));
                    waiting.add(http.sendAsync(
                            request("/known")
                                    .header("Authorization", "Bearer " + aTokenNobodyCanVerify(i))
                                    .build(),
                            BodyHandlers.ofString()));
                }
                long began = System.nanoTime();
                Duration meanwhile = ninetyNinth();
                Duration waited = Duration.ofNanos(System.nanoTime() - began);

                assertThat(meanwhile).isLessThan(before.multipliedBy(5).plusSeconds(1));
                for (CompletableFuture<HttpResponse<String>> each : waiting) {
                    assertThat(each.get().statusCode()).isIn(429, 502, 503);
                }
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(MAX_ANSWER_TIME);
                assertThat(get("/named").statusCode()).isIn(502, 503);
                assertThat(running.port()).isPositive();

                names.silence(false);
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> get("/named").body().equals(CanaryPort.HONEST));
                System.out.printf(
                        "p99 of unaffected calls %d ms, beside silent neighbours %d ms (%d calls in %d ms)%n",
                        before.toMillis(), meanwhile.toMillis(), CALLS, waited.toMillis());
            }
        }
    }

    private Duration ninetyNinth() throws Exception {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            long began = System.nanoTime();
            assertThat(get("/literal").body()).isEqualTo(CanaryPort.HONEST);
            nanos.add(System.nanoTime() - began);
        }
        nanos.sort(null);
        return Duration.ofNanos(nanos.get(CALLS * 99 / 100));
    }

    /** Of a form that is looked at, by a key that only the issuer knows. */
    private static String aTokenNobodyCanVerify(int number) {
        String header = encoded("{\"alg\":\"RS256\",\"kid\":\"key-" + number + "\",\"typ\":\"JWT\"}");
        return header + "." + encoded("{\"sub\":\"s\",\"exp\":4102444800}") + "." + encoded("signature");
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
