package bulwark.gateway.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.permission.Role;
import bulwark.gateway.refusal.WireError;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.signing.Signing;
import bulwark.testkit.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Identity as the settings compose it, and as the program does. */
class GatewayIdentityTest {
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    Path folder;

    private Configuration settings(String... settings) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        return Configuration.read(GatewaySettings.schema(), environment, folder);
    }

    private String token(Path stateFolder) {
        return LocalTokenIssuer.open(stateFolder, Signing.fastest(), CLOCK)
                .issue("operator", "acme", List.of(Role.DEVOPS), Duration.ofMinutes(5), "stoa-mcp-gateway");
    }

    private static StageResult decide(IdentityFixture identity, String token) {
        return CallFixture.decided(
                identity.stage().decide(CallFixture.get("/apis/x", "Authorization: Bearer " + token)));
    }

    @Test
    void without_keycloak_a_locally_issued_token_is_let_in_and_nothing_else() {
        try (IdentityFixture identity = IdentityFixture.open(folder, settings())) {
            assertThat(identity.composed().problem()).isNull();
            WireError anonymous = CallFixture.wire(identity.stage().decide(CallFixture.get("/apis/x")));
            assertThat(anonymous.status()).isEqualTo(401);
            assertThat(anonymous.fields())
                    .containsExactly(
                            "WWW-Authenticate",
                            "Bearer resource_metadata=\"http://localhost:8080/.well-known/oauth-protected-resource\"");

            GatewayCall call = CallFixture.get("/apis/x", "Authorization: Bearer " + token(folder));
            assertThat(CallFixture.decided(identity.stage().decide(call))).isInstanceOf(StageResult.Pass.class);
            assertThat(call.principal().entityUri()).isEqualTo("operator");
            assertThat(identity.scrape()).contains("stoa_mtls_validations_total{result=\"expired\"} 0.0");
        }
    }

    @Test
    void a_revocation_survives_a_restart_and_can_be_taken_back() {
        String token = token(folder);
        try (IdentityFixture identity = IdentityFixture.open(folder, settings())) {
            GatewayCall open = CallFixture.get("/apis/x", "Authorization: Bearer " + token);
            assertThat(CallFixture.decided(identity.stage().decide(open))).isInstanceOf(StageResult.Pass.class);
            assertThat(CallFixture.decided(identity.stage().recheck(open))).isInstanceOf(StageResult.Pass.class);
            TokenRevocation order = new TokenRevocation(
                    TokenRevocation.Claim.SUB, "operator", CLOCK.instant().plus(Duration.ofHours(1)));
            identity.composed().revocations().revoke(order, "admin", "acme");
            assertThat(decide(identity, token)).isInstanceOf(StageResult.Refuse.class);
            assertThat(CallFixture.decided(identity.stage().recheck(open))).isInstanceOf(StageResult.Refuse.class);
        }
        try (IdentityFixture identity = IdentityFixture.open(folder, settings())) {
            assertThat(identity.composed().revocations().list()).hasSize(1);
            assertThat(decide(identity, token)).isInstanceOf(StageResult.Refuse.class);
            assertThat(identity.composed().revocations().remove(TokenRevocation.Claim.SUB, "operator", "admin", "acme"))
                    .isTrue();
            assertThat(decide(identity, token)).isInstanceOf(StageResult.Pass.class);
        }
    }

    @Test
    void an_order_that_cannot_be_meant_is_refused_by_its_field() {
        try (IdentityFixture identity = IdentityFixture.open(folder, settings())) {
            for (TokenRevocation bad : List.of(
                    new TokenRevocation(
                            TokenRevocation.Claim.JTI, "", CLOCK.instant().plusSeconds(60)),
                    new TokenRevocation(
                            TokenRevocation.Claim.JTI, "a\nb", CLOCK.instant().plusSeconds(60)),
                    new TokenRevocation(
                            TokenRevocation.Claim.JTI, "a", CLOCK.instant().minusSeconds(60)),
                    new TokenRevocation(
                            TokenRevocation.Claim.JTI, "a", CLOCK.instant().plus(Duration.ofDays(400))))) {
                assertThatThrownBy(() -> identity.composed().revocations().revoke(bad, "admin", "acme"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageMatching("(jti|until) must .*");
            }
            assertThat(identity.composed().revocations().list()).isEmpty();
        }
    }

    @Test
    void while_the_issuer_cannot_be_reached_nobody_is_let_in_and_the_answer_is_503() throws Exception {
        Configuration settings = settings(
                "STOA_KEYCLOAK_URL",
                "http://127.0.0.1:" + FreePort.next(),
                "STOA_KEYCLOAK_REALM",
                "stoa",
                "STOA_SSRF__ALLOWED_CIDRS",
                "127.0.0.1/32");
        try (IdentityFixture identity = IdentityFixture.open(folder, settings)) {
            assertThat(identity.composed().problem()).isEqualTo("OIDC provider unreachable");
            WireError answer = CallFixture.wire(decide(identity, token(folder.resolve("elsewhere"))));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.fields()).contains("Retry-After");
            assertThat(Files.exists(LocalTokenIssuer.ring(folder)))
                    .as("no local issuer beside Keycloak")
                    .isFalse();
        }
    }

    @Test
    void the_program_is_ready_with_nothing_configured_and_not_while_its_issuer_is_gone() throws Exception {
        int port = FreePort.next();
        try (Gateway gateway = Gateway.start(() -> settings("STOA_PORT", Integer.toString(port)), folder, CLOCK)) {
            assertThat(gateway.port()).isEqualTo(port);
            assertThat(get(port, "/ready").body()).isEqualTo("READY");
            assertThat(get(port, "/metrics").body())
                    .contains("stoa_jwt_validation_failures_total{reason=\"missing\"} 0.0");
        }
        try (Gateway gateway = Gateway.start(
                () -> settings(
                        "STOA_PORT",
                        Integer.toString(port),
                        "STOA_KEYCLOAK_URL",
                        "http://127.0.0.1:" + FreePort.next(),
                        "STOA_KEYCLOAK_REALM",
                        "stoa"),
                folder,
                CLOCK)) {
            assertThat(gateway.port()).isEqualTo(port);
            assertThat(get(port, "/ready").statusCode()).isEqualTo(503);
            assertThat(get(port, "/ready").body()).isEqualTo("NOT READY: OIDC provider unreachable");
            assertThat(get(port, "/health").statusCode()).isEqualTo(200);
        }
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .timeout(Duration.ofMinutes(1))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "STOA_KEYCLOAK_URL,https://id.example,STOA_KEYCLOAK_REALM",
        "STOA_KEYCLOAK_URL,id.example,no URL",
        "STOA_MTLS__ENABLED,true,STOA_MTLS__TRUSTED_PROXIES",
        "STOA_MTLS__TRUSTED_PROXIES,10.0.0.1/8,STOA_MTLS__TRUSTED_PROXIES",
        "STOA_MTLS__HEADER_VERIFY,X Verified,STOA_MTLS__HEADER_VERIFY",
        "STOA_MTLS__HEADER_FINGERPRINT,Authorization,STOA_MTLS__HEADER_FINGERPRINT",
        "STOA_MTLS__HEADER_CERT,X_SSL_Client_Verify,STOA_MTLS__HEADER_CERT",
        "STOA_SENDER_CONSTRAINT__ENABLED,true,STOA_DPOP__ENABLED",
        "STOA_SENDER_CONSTRAINT__DPOP_REQUIRED,true,STOA_SENDER_CONSTRAINT__ENABLED",
        "STOA_DPOP__JTI_CACHE_TTL_SECS,60,could be sent twice",
        "STOA_TOKENS__FIRST_SIGHT_PER_SEC,0,1 or more",
        "STOA_JWT_ISSUER,id.example,STOA_JWT_ISSUER"
    })
    void settings_that_cannot_be_meant_refuse_the_start(String name, String value, String says) {
        assertThatThrownBy(() -> settings(name, value))
                .isInstanceOf(ConfigurationRefused.class)
                .hasMessageContaining(says);
    }
}
