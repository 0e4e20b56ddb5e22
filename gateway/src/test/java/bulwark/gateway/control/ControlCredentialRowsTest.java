package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The black-box rows T1 to T5 and T21 of authentication at the control plane, each by its number. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlCredentialRowsTest extends ControlRowsTestBase {
    private static String unsigned(String algorithm, Map<String, Object> claims) {
        return Base64Url.text(StrictJson.write(Map.of("alg", algorithm, "typ", "at+jwt"))) + "."
                + Base64Url.text(StrictJson.write(claims));
    }

    private String forgedByPublicKey() {
        String input = unsigned("HS256", claims(Map.of()));
        byte[] mac = Signing.fastest()
                .hmacSha256(SecretBytes.of(issuer.publicKey()), input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64Url.text(mac);
    }

    private Stream<Arguments> badTokens() {
        long now = control.clock.instant().getEpochSecond();
        String good = signed(claims(Map.of()), issuer.keyId());
        char other = good.charAt(good.length() - 20) == 'A' ? 'B' : 'A';
        return Stream.of(
                Arguments.of("alg none", unsigned("none", claims(Map.of())) + "."),
                Arguments.of("HS256 by the public key", forgedByPublicKey()),
                Arguments.of("an unknown key", signed(claims(Map.of()), "another")),
                Arguments.of("a key that is a path", signed(claims(Map.of()), "../../../../dev/null")),
                Arguments.of("expired", signed(claims(Map.of("exp", now - 60)), issuer.keyId())),
                Arguments.of("not valid yet", signed(claims(Map.of("nbf", now + 600)), issuer.keyId())),
                Arguments.of("another issuer", signed(claims(Map.of("iss", "https://else")), issuer.keyId())),
                Arguments.of("another audience", signed(claims(Map.of("aud", "else")), issuer.keyId())),
                Arguments.of(
                        "changed", good.substring(0, good.length() - 20) + other + good.substring(good.length() - 19)));
    }

    @ParameterizedTest(name = "T1: {0}")
    @MethodSource("badTokens")
    @DisplayName("T1, T21: a token that does not hold is 401 with a challenge")
    @Order(1)
    void t1_and_t21_a_token_that_does_not_hold_is_refused_with_a_challenge(String what, String token) throws Exception {
        Answer refused = bearing(token, APIS).is(401);
        assertThat(refused.response().headers().firstValue("WWW-Authenticate"))
                .as(what)
                .isPresent();
        assertThat(refused.text("error")).as(what).isEqualTo("unauthorized");
    }

    @Test
    @DisplayName("T2: one of several audiences, and the scheme in lower case")
    @Order(1)
    void t2_one_of_several_audiences_and_a_scheme_in_lower_case_are_taken() throws Exception {
        String token = signed(claims(Map.of("aud", List.of("else", "stoa-mcp-gateway"))), issuer.keyId());
        bearing(token, APIS).is(200);
        control.call("GET", APIS, null, Map.of("Authorization", "bearer " + token))
                .is(200);
    }

    private String account() throws IOException {
        Answer made = control.admin(
                        "acme", "POST", "/v1/service-accounts", Map.of("name", name(), "roles", List.of("viewer")))
                .is(201);
        return made.text("id") + " " + made.text("api_key");
    }

    private int keyed(String key) throws IOException {
        return control.call("GET", APIS, null, Map.of("X-API-Key", key)).status();
    }

    @Test
    @DisplayName("T3: API keys that are good, gone, suspended and too short")
    @Order(1)
    void t3_an_api_key_works_until_its_holder_is_gone_or_suspended_and_in_its_whole_length_alone() throws Exception {
        String[] account = account().split(" ");
        assertThat(keyed(account[1])).isEqualTo(200);
        assertThat(keyed(account[1].substring(0, account[1].length() - 1))).isEqualTo(401);
        control.admin("acme", "DELETE", "/v1/service-accounts/" + account[0]).is(204);
        assertThat(keyed(account[1])).isEqualTo(401);
        Answer subscription = subscription(Map.of("requires_approval", false));
        String info = "/v1/subscriptions/" + subscription.text("id") + "/rotation-info";
        Map<String, String> key = Map.of("X-API-Key", subscription.text("api_key"));
        control.call("GET", info, null, key).is(200);
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription.text("id") + "/suspend")
                .is(200);
        control.call("GET", info, null, key).is(401);
    }

    /** Turns the clock. */
    @Test
    @DisplayName("T4, T5: a former key in and after its grace, and what is told of the rotation")
    @Order(9)
    void t4_and_t5_the_former_key_works_in_its_grace_alone_and_the_rotation_is_told() throws Exception {
        Answer subscription = subscription(Map.of("requires_approval", false));
        String one = "/v1/subscriptions/" + subscription.text("id");
        Answer rotated = control.admin("acme", "POST", one + "/rotate-key", Map.of("grace_period_hours", 1))
                .is(200);
        Map<String, String> former = Map.of("X-API-Key", subscription.text("api_key"));
        Map<String, String> next = Map.of("X-API-Key", rotated.text("new_api_key"));
        Answer info = control.call("GET", one + "/rotation-info", null, former).is(200);
        assertThat(info.text("api_key_prefix")).isEqualTo(rotated.text("new_api_key_prefix"));
        assertThat(info.json().path("has_previous_key").asBoolean()).isTrue();
        assertThat(info.json().path("rotation_count").asInt()).isEqualTo(1);
        control.clock.advance(Duration.ofMinutes(61));
        control.call("GET", one + "/rotation-info", null, former).is(401);
        control.call("GET", one + "/rotation-info", null, next).is(200);
    }
}
