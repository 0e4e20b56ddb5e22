package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.testkit.RedisServer;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** Every secret is replaced beside traffic over kept connections, and no call fails. */
@Timeout(300)
class SecretRotationTest {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final String SECOND = "another-admin-token-of-the-tests-0123456789";

    @TempDir
    private Path folder;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean ended;

    private static void write(Path file, String text) throws Exception {
        OwnerOnlyFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private Path secret(String name, String text) throws Exception {
        Path secrets = folder.resolve("secrets");
        OwnerOnlyFiles.createDirectories(secrets);
        write(secrets.resolve(name), text);
        return secrets.resolve(name);
    }

    /** Calls without a pause, each worker over a connection of its own. */
    private List<Thread> load(GatewayFixture gateway) {
        String token = gateway.token("ann", bulwark.gateway.permission.Role.DEVOPS);
        HttpRequest request = gateway.request("/apis/own/x")
                .header("Authorization", "Bearer " + token)
                .build();
        return java.util.stream.IntStream.range(0, 4)
                .mapToObj(worker -> Thread.ofVirtual().start(() -> {
                    try (var client = java.net.http.HttpClient.newBuilder()
                            .version(java.net.http.HttpClient.Version.HTTP_1_1)
                            .build()) {
                        while (!ended) {
                            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                            calls.incrementAndGet();
                            if (answer.statusCode() != 200) {
                                failures.add(answer.statusCode() + " " + answer.body());
                            }
                        }
                    } catch (Exception e) {
                        failures.add(e.toString());
                    }
                }))
                .toList();
    }

    private void awaitMoreCalls() {
        int before = calls.get();
        await().atMost(SOON).until(() -> calls.get() > before + 20);
    }

    private static Jedis redis(RedisServer server, String password) {
        return new Jedis(
                new HostAndPort("127.0.0.1", server.port()),
                DefaultJedisClientConfig.builder().password(password).build());
    }

    @Test
    void each_secret_is_replaced_under_load_without_a_failed_call() throws Exception {
        Path adminToken = secret("admin", GatewayFixture.ADMIN);
        Path password = secret("redis", "first-redis-password");
        Path search = secret("search", "audit:first");
        secret("crm", "first-backend-secret");
        Set<String> bulk = ConcurrentHashMap.newKeySet();
        HttpServer index = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        index.createContext("/", exchange -> {
            bulk.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        index.start();
        try (RedisServer server = RedisServer.start("--requirepass", "first-redis-password")) {
            Map<String, String> settings = Map.of(
                    "STOA_ADMIN_API_TOKEN",
                    "",
                    "STOA_ADMIN_API_TOKEN_FILE",
                    adminToken.toString(),
                    "STOA_REDIS_URL",
                    server.url(),
                    "STOA_REDIS_PASSWORD_FILE",
                    password.toString(),
                    "STOA_OPENSEARCH_URL",
                    "http://127.0.0.1:" + index.getAddress().getPort(),
                    "STOA_OPENSEARCH_CREDENTIALS_FILE",
                    search.toString(),
                    "STOA_SECRETS_DIR",
                    folder.resolve("secrets").toString(),
                    "STOA_QUOTA_DEFAULT_RATE_PER_MINUTE",
                    "0",
                    "STOA_QUOTA_DEFAULT_DAILY_LIMIT",
                    "100000000",
                    "STOA_RATE_LIMIT_DEFAULT",
                    "100000000");
            try (GatewayFixture gateway = GatewayFixture.start(folder.resolve("state"), settings, Clock.systemUTC())) {
                HttpResponse<String> made = gateway.admin(
                        "POST",
                        "/admin/backend-credentials",
                        "{\"route_id\":\"own\",\"auth_type\":\"api_key\",\"header_name\":\"X-Backend-Key\",\"secret_ref\":\"crm\"}");
                assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
                assertThat(made.body()).contains("\"secret_ref\":\"crm\"").doesNotContain("backend-secret");
                List<Thread> workers = load(gateway);
                awaitMoreCalls();

                write(folder.resolve("secrets/crm"), "second-backend-secret");
                await().atMost(SOON)
                        .until(() ->
                                gateway.heard.getLast().header("X-Backend-Key").equals("second-backend-secret"));

                write(adminToken, SECOND);
                await().atMost(SOON).until(() -> admin(gateway, SECOND) == 200);
                assertThat(admin(gateway, GatewayFixture.ADMIN)).as("in grace").isEqualTo(200);

                try (Jedis control = redis(server, "first-redis-password")) {
                    control.configSet("requirepass", "second-redis-password");
                    write(password, "second-redis-password");
                    gateway.gateway().reload();
                    control.sendCommand(
                            redis.clients.jedis.Protocol.Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
                    await().atMost(SOON)
                            .until(() -> control.clientList().lines().count() > 1);
                }
                awaitMoreCalls();

                write(search, "audit:second");
                await().atMost(SOON).until(() -> bulk.contains(basic("audit:second")));
                assertThat(bulk).contains(basic("audit:first"));

                awaitMoreCalls();
                ended = true;
                for (Thread worker : workers) {
                    worker.join();
                }
                assertThat(failures).isEmpty();
                assertThat(gateway.metrics())
                        .contains(
                                "stoa_secret_age_seconds{secret=\"backend_credential:own\"}",
                                "stoa_secret_age_seconds{secret=\"redis_password\"}",
                                "stoa_secret_age_seconds{secret=\"opensearch_credentials\"}",
                                "stoa_secret_age_seconds{secret=\"log_signing_key\"}",
                                "stoa_secret_age_seconds{secret=\"token_signing_key\"}",
                                "stoa_secret_age_seconds{secret=\"credential_encryption_key\"}",
                                "stoa_secrets_in_environment 0.0");
            }
        } finally {
            ended = true;
            index.stop(0);
        }
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static int admin(GatewayFixture gateway, String token) throws Exception {
        return gateway.send(gateway.request("/admin/health").header("Authorization", "Bearer " + token))
                .statusCode();
    }

    @Test
    void a_secret_file_that_is_absent_or_unfit_is_refused_and_one_that_goes_away_changes_nothing() throws Exception {
        secret("crm", "first-backend-secret");
        secret("broken", "two\nlines");
        Map<String, String> settings =
                Map.of("STOA_SECRETS_DIR", folder.resolve("secrets").toString());
        try (GatewayFixture gateway = GatewayFixture.start(folder.resolve("state"), settings, Clock.systemUTC())) {
            String[][] cases = {
                {"\"secret_ref\":\"absent\"", "is not a file"},
                {"\"secret_ref\":\"../state/credential.key\"", "must be the name of a file"},
                {"\"secret_ref\":\"crm\",\"header_value\":\"x\"", "exclude each other"},
                {"\"secret_ref\":\"broken\"", "does not fit into a header"}
            };
            for (String[] each : cases) {
                HttpResponse<String> answer = gateway.admin(
                        "POST",
                        "/admin/backend-credentials",
                        "{\"route_id\":\"own\",\"auth_type\":\"bearer\"," + each[0] + "}");
                assertThat(answer.statusCode()).as(each[0]).isEqualTo(400);
                assertThat(answer.body()).contains(each[1]);
            }
            gateway.admin(
                    "POST",
                    "/admin/backend-credentials",
                    "{\"route_id\":\"own\",\"auth_type\":\"bearer\",\"secret_ref\":\"crm\"}");
            java.nio.file.Files.delete(folder.resolve("secrets/crm"));
            gateway.gateway().reload();
            gateway.send(gateway.as("ann", "/apis/own/x"));
            assertThat(gateway.heard.getLast().header("Authorization")).isEqualTo("Bearer first-backend-secret");
        }
        try (GatewayFixture gateway = GatewayFixture.start(folder.resolve("state"), settings, Clock.systemUTC())) {
            HttpResponse<String> refused = gateway.send(gateway.as("ann", "/apis/own/x"));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("cannot read its own credential");
            assertThat(gateway.heard).isEmpty();
        }
    }

    @Test
    void redis_over_tls_is_reached_with_a_certificate_of_ones_own() throws Exception {
        Path tls = folder.resolve("tls");
        CertificateAuthority authority =
                CertificateAuthority.openOrCreate(tls, "authority of the test", Clock.systemUTC());
        Duration day = Duration.ofDays(1);
        authority.issue("server", "test://server", List.of("localhost"), day);
        authority.issue("client", new CertificateSubject("client", "test://client", List.of(), false, true), day);
        try (RedisServer server =
                RedisServer.mutualTls(tls.resolve("server.crt"), tls.resolve("server.key"), tls.resolve("ca.crt"))) {
            Map<String, String> settings = Map.of(
                    "STOA_REDIS_URL", server.url("localhost"),
                    "STOA_REDIS__CA_FILE", tls.resolve("ca.crt").toString(),
                    "STOA_REDIS__CLIENT_CERT_FILE", tls.resolve("client.crt").toString(),
                    "STOA_REDIS__CLIENT_KEY_FILE", tls.resolve("client.key").toString());
            try (GatewayFixture gateway = GatewayFixture.start(folder.resolve("state"), settings, Clock.systemUTC())) {
                await().atMost(SOON).until(() -> gateway.metrics().contains("stoa_shared_identity_reachable 1.0"));
                assertThat(gateway.metrics())
                        .contains(
                                "stoa_secret_age_seconds{secret=\"redis_client_key\"}",
                                "stoa_secret_age_seconds{secret=\"redis_client_certificate\"}");
                assertThat(gateway.send(gateway.as("ann", "/apis/own/x")).statusCode())
                        .isEqualTo(200);
            }
        }
    }
}
