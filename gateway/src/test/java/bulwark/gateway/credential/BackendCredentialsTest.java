package bulwark.gateway.credential;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.GatewayFixture;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.call.TestCalls;
import bulwark.gateway.credential.BackendCredential.Type;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.gateway.secret.SecretFolder;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What backends get of the gateway's own credentials, and what nobody gets. */
@Timeout(300)
class BackendCredentialsTest {
    private static final String SECRET = "s3cret-of-the-backend";

    @TempDir
    private Path folder;

    @Test
    void a_call_bears_the_credential_of_its_route_or_of_its_consumer_and_not_the_callers() throws Exception {
        int port;
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            port = gateway.backendPort();
            gateway.route("own", "acme", ",\"forward_authorization\":true");
            HttpResponse<String> made = gateway.admin(
                    "POST",
                    "/admin/backend-credentials",
                    "{\"route_id\":\"own\",\"auth_type\":\"bearer\",\"header_value\":\"" + SECRET + "\"}");
            assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
            assertThat(made.body()).doesNotContain(SECRET);
            gateway.send(gateway.as("ann", "/apis/own/x"));
            assertThat(gateway.heard.getLast().header("Authorization")).isEqualTo("Bearer " + SECRET);
            gateway.admin(
                    "POST",
                    "/admin/consumer-credentials",
                    "{\"route_id\":\"own\",\"consumer_id\":\"bob\",\"auth_type\":\"api_key\",\"header_name\":\"X-Backend-Key\",\"header_value\":\"of-bob\"}");
            gateway.send(gateway.as("bob", "/apis/own/x").header("X_Backend_Key", "forged"));
            assertThat(gateway.heard.getLast().header("X-Backend-Key")).isEqualTo("of-bob");
            assertThat(gateway.heard.getLast().header("X_Backend_Key")).isEmpty();
            gateway.admin(
                    "POST",
                    "/admin/backend-credentials",
                    "{\"route_id\":\"own\",\"auth_type\":\"basic\",\"username\":\"stoa\",\"password\":\"p w\"}");
            gateway.send(gateway.as("ann", "/apis/own/x"));
            assertThat(gateway.heard.getLast().header("Authorization"))
                    .isEqualTo(
                            "Basic " + Base64.getEncoder().encodeToString("stoa:p w".getBytes(StandardCharsets.UTF_8)));
        }
        try (GatewayFixture gateway = GatewayFixture.startAgain(folder, port)) {
            gateway.send(gateway.as("bob", "/apis/own/x"));
            assertThat(gateway.heard.getLast().header("X-Backend-Key"))
                    .as("after a restart")
                    .isEqualTo("of-bob");
            assertThat(gateway.admin("DELETE", "/admin/consumer-credentials/own/bob", "")
                            .statusCode())
                    .isEqualTo(204);
            assertThat(gateway.admin("DELETE", "/admin/consumer-credentials/own/bob", "")
                            .statusCode())
                    .isEqualTo(404);
            gateway.send(gateway.as("bob", "/apis/own/x"));
            assertThat(gateway.heard.getLast().header("X-Backend-Key")).isEmpty();
        }
    }

    @DisplayName("A10: a credential is shown redacted")
    @Test
    void a10_a_secret_is_shown_nowhere_and_lies_encrypted() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            gateway.admin(
                    "POST",
                    "/admin/backend-credentials",
                    "{\"route_id\":\"own\",\"auth_type\":\"api_key\",\"header_name\":\"X-Key\",\"header_value\":\""
                            + SECRET + "\"}");
            assertThat(gateway.admin("GET", "/admin/backend-credentials", "").body())
                    .contains("[redacted]", "X-Key")
                    .doesNotContain(SECRET);
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(SECRET);
            }
        }
        assertThat(GatewayStore.fsck(folder).sentences()).isEmpty();
    }

    @Test
    void a_credential_is_sent_to_no_other_backend_than_it_was_stored_for() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            gateway.admin(
                    "POST",
                    "/admin/backend-credentials",
                    "{\"route_id\":\"own\",\"auth_type\":\"bearer\",\"header_value\":\"" + SECRET + "\"}");
            gateway.route(
                    "own",
                    "acme",
                    ",\"upstreams\":[{\"url\":\"http://127.0.0.1:" + gateway.backendPort() + "/elsewhere\"}]");
            HttpResponse<String> answer = gateway.send(gateway.as("ann", "/apis/own/x"));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("stored for another backend");
            assertThat(gateway.heard).isEmpty();
        }
    }

    @Test
    void bad_credentials_are_refused_by_their_fields_and_change_nothing() throws Exception {
        try (GatewayFixture gateway = GatewayFixture.start(folder)) {
            String[][] cases = {
                {"{}", "route_id"},
                {
                    "{\"route_id\":\"absent\",\"auth_type\":\"bearer\",\"header_value\":\"x\"}",
                    "route_id: there is no API"
                },
                {"{\"route_id\":\"own\",\"auth_type\":\"magic\",\"header_value\":\"x\"}", "auth_type must be one of"},
                {"{\"route_id\":\"own\",\"auth_type\":\"bearer\",\"header_value\":\"a\\u0000b\"}", "header_value"},
                {
                    "{\"route_id\":\"own\",\"auth_type\":\"api_key\",\"header_name\":\"X-User-ID\",\"header_value\":\"x\"}",
                    "header_name is reserved"
                },
                {
                    "{\"route_id\":\"own\",\"auth_type\":\"api_key\",\"header_name\":\"a b\",\"header_value\":\"x\"}",
                    "header_name must be the name"
                },
                {
                    "{\"route_id\":\"own\",\"auth_type\":\"basic\",\"username\":\"a:b\",\"password\":\"x\"}",
                    "username must not hold a colon"
                },
                {"{\"route_id\":\"own\",\"auth_type\":\"oauth2_client_credentials\"}", "oauth2.token_url"},
                {
                    "{\"route_id\":\"own\",\"auth_type\":\"oauth2_client_credentials\",\"oauth2\":{\"token_url\":\"http://a.example/t\",\"client_id\":\"a\",\"client_secret\":\"hidden-9\"}}",
                    "oauth2.token_url must begin with https://"
                },
                {
                    "{\"route_id\":\"own\",\"auth_type\":\"oauth2_client_credentials\",\"oauth2\":{\"token_url\":\"https://169.254.169.254/t\",\"client_id\":\"a\",\"client_secret\":\"hidden-9\"}}",
                    "169.254"
                },
                {
                    "{\"route_id\":\"own\",\"auth_type\":\"bearer\",\"header_value\":\"hidden-9\",\"colour\":1}",
                    "colour is not a known field"
                },
                {
                    "{\"route_id\":\"own\",\"auth_type\":\"oauth2_token_exchange\",\"oauth2\":{\"token_url\":\"https://127.0.0.1/t\",\"client_id\":\"a\",\"client_secret\":\"hidden-9\"}}",
                    "oauth2.audience must not be empty"
                },
                {
                    "{\"route_id\":\"own\",\"auth_type\":\"oauth2_client_credentials\",\"oauth2\":{\"token_url\":\"https://127.0.0.1/t\",\"client_id\":\"a\",\"client_secret\":\"hidden-9\",\"audience\":\"b\"}}",
                    "oauth2.audience is not a known field"
                },
                {"[]", "object"}
            };
            for (String[] bad : cases) {
                HttpResponse<String> answer = gateway.admin("POST", "/admin/backend-credentials", bad[0]);
                assertThat(answer.statusCode()).as(bad[0]).isEqualTo(400);
                assertThat(answer.body()).contains(bad[1]).doesNotContain("hidden-9");
            }
            assertThat(gateway.admin("GET", "/admin/backend-credentials", "").body())
                    .isEqualTo("[]");
        }
    }

    @Test
    void a_token_is_fetched_once_for_many_calls_and_again_before_it_expires() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AtomicReference<String> heard = new AtomicReference<>("");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/token", exchange -> {
            asked.incrementAndGet();
            heard.set(exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            GatewayFixture.answer(
                    exchange,
                    200,
                    "{\"access_token\":\"tok-" + asked.get() + "\",\"token_type\":\"Bearer\",\"expires_in\":90}");
            exchange.close();
        });
        server.start();
        SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
        AddressGuard guard = new AddressGuard(
                name -> List.of(),
                new AddressPolicy(List.of(IpPrefix.parse("127.0.0.1/32")), Set.of(), Set.of(), "C", "H", "P"));
        try (AuditedStore store = GatewayStore.open(folder, "", clock);
                BackendCredentials credentials = BackendCredentials.open(
                        store,
                        folder,
                        new SecretFolder(null),
                        GuardedFetch.withSystemTrust(guard, BackendCredentials.maxTokenBytes()),
                        Signing.fastest(),
                        clock)) {
            ApiRoute route =
                    RouteJson.parse("{\"id\":\"r\",\"path_prefix\":\"/r\",\"backend_url\":\"https://b.example\"}"
                            .getBytes(StandardCharsets.UTF_8));
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
            credentials.put(
                    new BackendCredential(
                            "r",
                            "",
                            Type.OAUTH2_CLIENT_CREDENTIALS,
                            "Authorization",
                            new CredentialSecret.Held(SecretBytes.ofText("c:s")),
                            "client",
                            url,
                            "read write",
                            null,
                            List.of()),
                    route,
                    "admin");
            RequestStage stage = credentials.after(RequestStage.PASS);
            List<GatewayCall> calls = new ArrayList<>();
            List<StageResult> results = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                GatewayCall call = TestCalls.get("/r/x");
                call.route(route);
                calls.add(call);
                results.add(stage.decide(call));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(settled(results.get(i))).isInstanceOf(StageResult.Pass.class);
                assertThat(calls.get(i).backendFields()).containsExactly("Authorization", "Bearer tok-1");
            }
            assertThat(asked).hasValue(1);
            String basic = Base64.getEncoder().encodeToString("client:c%3As".getBytes(StandardCharsets.UTF_8));
            assertThat(heard.get()).isEqualTo("Basic " + basic + " grant_type=client_credentials&scope=read+write");
            clock.advance(Duration.ofSeconds(61));
            GatewayCall later = TestCalls.get("/r/x");
            later.route(route);
            settled(stage.decide(later));
            assertThat(later.backendFields()).containsExactly("Authorization", "Bearer tok-2");
            server.stop(0);
            clock.advance(Duration.ofSeconds(61));
            GatewayCall without = TestCalls.get("/r/x");
            without.route(route);
            assertThat(settled(stage.decide(without))).isInstanceOf(StageResult.Refuse.class);
            assertThat(without.backendFields()).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    private static StageResult settled(StageResult result) throws Exception {
        return result instanceof StageResult.Later later
                ? later.result().toCompletableFuture().get(1, TimeUnit.MINUTES)
                : result;
    }
}
