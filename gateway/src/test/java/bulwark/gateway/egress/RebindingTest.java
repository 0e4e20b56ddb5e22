package bulwark.gateway.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.evidence.DecisionQuery;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.evidence.RecordedDecision;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.DnsResolver;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.TargetUrl;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names whose addresses change with each look-up, told by a server that lies, through everything that a gateway connects to: no connection ever reaches an internal address. */
class RebindingTest {
    /** In all; {@code -Dbulwark.rebinding.tries} for more. */
    private static final int TRIES = Integer.getInteger("bulwark.rebinding.tries", 10_000);

    private static final int CLIENTS = 8;
    private static final String ADMIN = "an-admin-token-of-the-tests-0123456789";

    @TempDir
    private Path folder;

    private final LyingNameServer names = new LyingNameServer();
    private final CanaryPort canary = canary();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static CanaryPort canary() {
        try {
            return new CanaryPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void the_canaries_count_their_connections() throws IOException {
        for (String address : List.of("127.0.0.1", "::1")) {
            int before = canary.canaryConnections();
            new Socket(address, canary.port).close();
            await().until(() -> canary.canaryConnections() == before + 1);
        }
    }

    @AfterEach
    void no_connection_reached_an_internal_address() throws IOException {
        assertThat(canary.canaryConnections()).isEqualTo(2);
        names.close();
        canary.close();
    }

    private Gateway start(Map<String, String> settings) {
        return Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, Clock.systemUTC());
    }

    private HttpResponse<String> get(Gateway gateway, String path) throws IOException, InterruptedException {
        return http.send(request(gateway, path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(Gateway gateway, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                request(gateway, path)
                        .header("Authorization", "Bearer " + ADMIN)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(Gateway gateway, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .timeout(Duration.ofMinutes(1));
    }

    private Map<String, String> settings(String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "STOA_PORT", "0",
                "STOA_STATE_DIR", folder.toString(),
                "STOA_ADMIN_API_TOKEN", ADMIN,
                "STOA_DNS__SERVERS", names.address(),
                "STOA_SSRF__ALLOWED_CIDRS", LyingNameServer.TRUTH + "/32",
                "STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "0",
                "STOA_QUOTA_DEFAULT_DAILY_LIMIT", "0",
                "STOA_RATE_LIMIT_DEFAULT", "1000000000",
                "STOA_CB_FAILURE_THRESHOLD", "1000"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private String url(String host) {
        return "http://" + host + ".example.com:" + canary.port;
    }

    private void register(Gateway gateway, String id, String members) throws Exception {
        HttpResponse<String> answer = post(
                gateway,
                "/admin/apis",
                "{\"id\":\"" + id + "\",\"tenant_id\":\"acme\",\"callers\":\"anybody\",\"path_prefix\":\"/" + id + "\","
                        + members + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    @DisplayName("X27: calls reach no internal address and each refusal is recorded with its reason")
    @Test
    void calls_reach_no_internal_address_and_each_refusal_is_recorded_with_its_reason() throws Exception {
        try (Gateway gateway = start(settings())) {
            register(gateway, "one", "\"backend_url\":\"" + url("one") + "\"");
            register(
                    gateway,
                    "many",
                    "\"backend_url\":\"" + url("one") + "\",\"upstreams\":[{\"url\":\"" + url("two") + "\"},{\"url\":\""
                            + url("three") + "\"}]");
            assertThat(get(gateway, "/one").body()).isEqualTo(CanaryPort.HONEST);
            assertThat(get(gateway, "/many").body()).isEqualTo(CanaryPort.HONEST);

            names.lie();
            Map<Integer, Integer> answers = new HashMap<>();
            answers(gateway, TRIES * 3 / 10).forEach(status -> answers.merge(status, 1, Integer::sum));

            assertThat(answers).containsOnlyKeys(200, 403);
            assertThat(answers.get(403)).isGreaterThan(TRIES / 10);
            assertThat(answers.get(200)).isGreaterThan(TRIES / 100);
            assertThat(names.lies()).hasSize(6);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(stopped()).hasSize(answers.get(403)));
            assertThat(stopped())
                    .allSatisfy(record -> assertThat(record.text("sentence"))
                            .contains(".example.com")
                            .containsAnyOf(
                                    "127.0.0.0/8", "::1", "169.254.0.0/16", "0.0.0.0/8", "::/128", "64:ff9b::/96"));
            assertThat(get(gateway, "/metrics").body())
                    .contains("stoa_ssrf_blocked_total{reason=\"internal_address\",stage=\"connect\"}");
        }
    }

    private List<Integer> answers(Gateway gateway, int calls) throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<Integer> answers = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Integer>>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                running.add(clients.submit(() -> {
                    List<Integer> own = new ArrayList<>();
                    for (int i = next.getAndIncrement(); i < calls; i = next.getAndIncrement()) {
                        own.add(get(gateway, i % 4 == 0 ? "/many" : "/one").statusCode());
                    }
                    return own;
                }));
            }
            for (Future<List<Integer>> each : running) {
                answers.addAll(each.get());
            }
        }
        return answers;
    }

    private List<RecordedDecision> stopped() throws IOException {
        return new EvidenceFolder(GatewayStore.file(folder))
                .query(new DecisionQuery(Instant.EPOCH, null, null, null, "refuse", null, Integer.MAX_VALUE)).stream()
                        .filter(record -> record.text("code").equals("backend_blocked")
                                || record.text("code").equals("internal_address"))
                        .toList();
    }

    @DisplayName("X30: what a gateway fetches by itself reaches no internal address and is counted with its reason")
    @Test
    void what_a_gateway_fetches_by_itself_reaches_no_internal_address_and_is_counted_with_its_reason()
            throws Exception {
        Map<String, String> own = settings(
                "STOA_KEYCLOAK_URL",
                url("canary-keys"),
                "STOA_KEYCLOAK_REALM",
                "stoa",
                "STOA_OPENSEARCH_URL",
                url("canary-search"));
        try (Gateway gateway = start(own)) {
            register(
                    gateway,
                    "well",
                    "\"backend_url\":\"" + url("one") + "\",\"upstreams\":[{\"url\":\"" + url("two")
                            + "\",\"health_check_path\":\"/health\"}]");
            register(
                    gateway,
                    "token",
                    "\"backend_url\":\"" + "http://" + LyingNameServer.TRUTH + ":" + canary.port + "\"");
            String tokenUrl = url("turning").replace("http:", "https:") + "/token";
            HttpResponse<String> credential = post(
                    gateway,
                    "/admin/backend-credentials",
                    "{\"route_id\":\"token\",\"auth_type\":\"oauth2_client_credentials\",\"oauth2\":{\"token_url\":\""
                            + tokenUrl + "\",\"client_id\":\"c\",\"client_secret\":\"not-a-real-secret-of-anybody\"}}");
            assertThat(credential.statusCode()).as(credential.body()).isIn(200, 201);

            names.lie();

            await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
                get(gateway, "/token");
                String metrics = get(gateway, "/metrics").body();
                for (String stage : List.of("key_set", "opensearch", "token_endpoint", "health_check")) {
                    assertThat(metrics)
                            .contains("stoa_ssrf_blocked_total{reason=\"internal_address\",stage=\"" + stage + "\"}");
                }
            });
            HttpResponse<String> registered = post(
                    gateway,
                    "/admin/apis",
                    "{\"id\":\"c\",\"tenant_id\":\"acme\",\"path_prefix\":\"/c\",\"backend_url\":\"" + url("canary")
                            + "\"}");
            assertThat(registered.statusCode()).isEqualTo(400);
            assertThat(get(gateway, "/metrics").body())
                    .contains("stoa_ssrf_blocked_total{reason=\"internal_address\",stage=\"registration\"}");
        }
    }

    /** The one class that key sets, token endpoints and OpenSearch are asked through. */
    @Test
    void fetches_reach_no_internal_address() throws Exception {
        AtomicLong stopped = new AtomicLong();
        AddressPolicy policy = new AddressPolicy(
                List.of(IpPrefix.parse(LyingNameServer.TRUTH + "/32")), Set.of(), Set.of(), "C", "H", "P");
        AddressGuard guard = new AddressGuard(DnsResolver.of(List.of(names.address())), policy)
                .reportingTo(blocked -> stopped.incrementAndGet());
        names.lie();
        int fetched = 0;
        try (GuardedFetch fetch = GuardedFetch.withSystemTrust(guard, 1 << 20)) {
            for (int i = 0; i < TRIES * 7 / 10; i++) {
                try {
                    assertThat(fetch.get(TargetUrl.parse(url("one"))))
                            .asString()
                            .isEqualTo(CanaryPort.HONEST);
                    fetched++;
                } catch (IOException refused) {
                    assertThat(refused.getMessage()).contains("one.example.com");
                }
            }
        }
        assertThat(stopped.get()).isEqualTo(TRIES * 7 / 10 - fetched);
        assertThat(fetched).isBetween(TRIES / 500, TRIES * 4 / 10);
    }
}
