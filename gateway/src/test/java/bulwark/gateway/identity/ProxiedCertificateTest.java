package bulwark.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.GatewayFixture;
import bulwark.gateway.GatewayFixture.Heard;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Client certificates that a proxy passes in headers, at a whole gateway: the names of the headers, whom they are believed from, and the tenant in the subject. */
@Timeout(300)
class ProxiedCertificateTest {
    private static final String FINGERPRINT = "ab".repeat(32);
    private static final Map<String, String> OWN_NAMES = Map.of(
            "STOA_MTLS__HEADER_VERIFY", "X-Client-Verified",
            "STOA_MTLS__HEADER_FINGERPRINT", "X-Client-Digest",
            "STOA_MTLS__HEADER_SUBJECT_DN", "X-Client-Subject");

    @TempDir
    private Path folder;

    private HttpServer issuer;

    @BeforeEach
    void start() throws Exception {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/realms/stoa/protocol/openid-connect/certs", exchange -> {
            exchange.sendResponseHeaders(200, TestIssuer.keySet().length);
            exchange.getResponseBody().write(TestIssuer.keySet());
            exchange.close();
        });
        issuer.start();
    }

    @AfterEach
    void stop() {
        issuer.stop(0);
    }

    private GatewayFixture gateway(String proxies, Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of(
                "STOA_MTLS__ENABLED",
                "true",
                "STOA_MTLS__TRUSTED_PROXIES",
                proxies,
                "STOA_KEYCLOAK_URL",
                "https://id.example",
                "STOA_KEYCLOAK_REALM",
                "stoa",
                "STOA_KEYCLOAK_INTERNAL_URL",
                "http://127.0.0.1:" + issuer.getAddress().getPort()));
        settings.putAll(more);
        return GatewayFixture.start(folder, settings, Clock.systemUTC());
    }

    /** Bound to the certificate. @param tenant null for a token that names none */
    private static String token(@Nullable String tenant) {
        Map<String, Object> claims = new HashMap<>(TestIssuer.claims(Instant.now()));
        claims.put("realm_access", Map.of("roles", List.of("devops")));
        claims.put("cnf", Map.of("x5t#S256", Base64Url.text(HexFormat.of().parseHex(FINGERPRINT))));
        claims.remove("tenant");
        if (tenant != null) {
            claims.put("tenant", tenant);
        }
        return TestIssuer.rs256(claims);
    }

    private static HttpRequest.Builder call(GatewayFixture gateway, String token, String subject) {
        return gateway.request("/apis/own/x")
                .header("Authorization", "Bearer " + token)
                .header("X-SSL-Client-Verify", "SUCCESS")
                .header("X-SSL-Client-Fingerprint", FINGERPRINT)
                .header("X-SSL-Client-S-DN", subject);
    }

    private static HttpRequest.Builder callByOwnNames(GatewayFixture gateway) {
        return gateway.request("/apis/own/x")
                .header("Authorization", "Bearer " + token("acme"))
                .header("x-client-verified", "SUCCESS")
                .header("X_Client_Digest", FINGERPRINT)
                .header("X-Client-Subject", "CN=shop,O=acme");
    }

    @Test
    void the_tenant_of_a_bound_token_that_names_none_is_the_organisation_of_its_certificate() throws Exception {
        try (GatewayFixture gateway = gateway("127.0.0.1/32", Map.of())) {
            HttpResponse<String> answer = gateway.send(call(gateway, token(null), "CN=shop,O=acme"));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            Heard heard = gateway.heard.getLast();
            assertThat(heard.header("X-Tenant-ID")).isEqualTo("acme");
            assertThat(heard.header("X-Authenticated-Client-Subject")).isEqualTo("CN=shop,O=acme");
            assertThat(heard.header("X-SSL-Client-Verify")).isEmpty();
            assertThat(gateway.record(answer).text("tenant")).isEqualTo("acme");

            for (String subject :
                    List.of("CN=shop", "CN=shop,O=Acme Corporation", "CN=shop,O=acme,O=other", "O=platform")) {
                HttpResponse<String> none = gateway.send(call(gateway, token(null), subject));
                assertThat(none.statusCode()).as(subject).isEqualTo(403);
                assertThat(none.body()).contains("no tenant");
            }
            HttpResponse<String> stranger = gateway.send(call(gateway, token(null), "CN=shop,O=globex"));
            assertThat(stranger.statusCode())
                    .as("the route is another tenant's")
                    .isEqualTo(404);
        }
    }

    @Test
    void a_certificate_of_another_tenant_than_the_token_is_refused_unless_switched_off() throws Exception {
        try (GatewayFixture gateway = gateway("127.0.0.1/32", Map.of())) {
            assertThat(gateway.send(call(gateway, token("acme"), "CN=shop,O=acme"))
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> other = gateway.send(call(gateway, token("acme"), "CN=shop,O=globex"));
            assertThat(other.statusCode()).isEqualTo(403);
            assertThat(other.body()).contains("MTLS_TENANT_MISMATCH");
            assertThat(gateway.record(other).text("code")).isEqualTo("MTLS_TENANT_MISMATCH");
        }
    }

    @Test
    void switched_off_the_subject_says_nothing_of_tenants() throws Exception {
        try (GatewayFixture gateway = gateway("127.0.0.1/32", Map.of("STOA_MTLS__TENANT_FROM_DN", "false"))) {
            assertThat(gateway.send(call(gateway, token("acme"), "CN=shop,O=globex"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(gateway.send(call(gateway, token(null), "CN=shop,O=acme"))
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void headers_of_other_names_are_believed_from_a_trusted_proxy_and_reach_no_backend() throws Exception {
        try (GatewayFixture gateway = gateway("127.0.0.1/32", OWN_NAMES)) {
            HttpResponse<String> answer = gateway.send(callByOwnNames(gateway));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            Heard heard = gateway.heard.getLast();
            assertThat(heard.header("X-Authenticated-Client-Subject")).isEqualTo("CN=shop,O=acme");
            assertThat(heard.headers().keySet())
                    .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT)
                            .replace('_', '-')
                            .startsWith("x-client-"));

            HttpResponse<String> usual = gateway.send(call(gateway, token("acme"), "CN=shop,O=acme"));
            assertThat(usual.statusCode())
                    .as("the usual names say nothing any more")
                    .isEqualTo(403);
            HttpResponse<String> twice = gateway.send(callByOwnNames(gateway).header("X.Client.Verified", "SUCCESS"));
            assertThat(twice.statusCode()).isEqualTo(403);
            assertThat(twice.body()).contains("MTLS_CERT_INVALID", "twice");
        }
    }

    @DisplayName("C10: an unsigned token with the right certificate is 401")
    @Test
    void an_unsigned_token_with_the_right_certificate_is_refused_for_its_signature() throws Exception {
        Map<String, Object> claims = new HashMap<>(TestIssuer.claims(Instant.now()));
        claims.put("cnf", Map.of("x5t#S256", Base64Url.text(HexFormat.of().parseHex(FINGERPRINT))));
        String body = TestIssuer.part(StrictJson.text(claims));
        try (GatewayFixture gateway = gateway("127.0.0.1/32", Map.of())) {
            for (String unsigned : List.of(
                    TestIssuer.part("{\"alg\":\"none\"}") + "." + body + ".",
                    TestIssuer.part("{\"alg\":\"RS256\",\"kid\":\"rs\",\"typ\":\"JWT\"}") + "." + body + ".AAAA")) {
                HttpResponse<String> answer = gateway.send(call(gateway, unsigned, "CN=shop,O=acme"));
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
            }
            assertThat(gateway.heard).isEmpty();
        }
    }

    @DisplayName("C11: health, readiness, metrics and the metadata of the resource need no certificate")
    @Test
    void what_is_public_needs_no_certificate_where_all_routes_ask_for_one() throws Exception {
        try (GatewayFixture gateway = gateway("127.0.0.1/32", Map.of("STOA_MTLS__REQUIRED_ROUTES", "/*"))) {
            assertThat(gateway.send(gateway.request("/apis/own/x")).statusCode())
                    .isEqualTo(401);
            for (String path : List.of("/health", "/ready", "/metrics", "/.well-known/oauth-protected-resource")) {
                assertThat(gateway.send(gateway.request(path)).statusCode())
                        .as(path)
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void headers_of_other_names_are_refused_from_anybody_else() throws Exception {
        try (GatewayFixture gateway = gateway("10.0.0.0/8", OWN_NAMES)) {
            HttpResponse<String> answer = gateway.send(callByOwnNames(gateway).header("X-Forwarded-For", "10.0.0.9"));
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("MTLS_UNTRUSTED_PROXY");
            assertThat(gateway.heard).isEmpty();
        }
    }
}
