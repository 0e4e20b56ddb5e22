package bulwark.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Case T1, T2, T16 and T18 of the gateway's cases, and what else a token may try. */
class TokenVerifierTest {
    private static final Signing SIGNING = Signing.fastest();

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final List<String> asked = new ArrayList<>();
    private final TokenVerifier verifier = verifier(false);

    private TokenVerifier verifier(boolean adminAlias) {
        IssuerKeys keys = IssuerKeys.parse(TestIssuer.keySet(), SIGNING);
        KeySource source = new KeySource() {
            @Override
            public KeyLookup find(@Nullable String kid) {
                asked.add(String.valueOf(kid));
                VerificationKey key = keys.find(kid);
                return key == null ? new KeyLookup.Unknown() : new KeyLookup.Found(key);
            }

            @Override
            public boolean hasKeys() {
                return true;
            }

            @Override
            public void refresh() {}
        };
        return new TokenVerifier(TestIssuer.ISSUER, Set.of(TestIssuer.AUDIENCE, "account"), adminAlias, source, clock);
    }

    private Map<String, Object> claims() {
        return TestIssuer.claims(clock.instant());
    }

    private Map<String, Object> claimsWith(String name, @Nullable Object value) {
        Map<String, Object> claims = claims();
        claims.remove(name);
        if (value != null) {
            claims.put(name, value);
        }
        return claims;
    }

    private TokenFault fault(String token) {
        return ((TokenVerdict.Refused) verifier.verify(token)).fault();
    }

    private Principal accepted(String token) {
        TokenVerdict verdict = verifier.verify(token);
        assertThat(verdict).isInstanceOf(TokenVerdict.Accepted.class);
        return ((TokenVerdict.Accepted) verdict).token().principal();
    }

    @ParameterizedTest
    @CsvSource({"RS256,rs", "PS256,ps", "ES256,es"})
    void a_good_token_of_each_algorithm_names_its_principal(String algorithm, String kid) {
        Principal caller = accepted(TestIssuer.signed(Map.of("alg", algorithm, "kid", kid), claims()));

        assertThat(caller.entityUri()).isEqualTo("user-1");
        assertThat(caller.tenant()).isEqualTo("acme");
        assertThat(caller.keyId()).isEqualTo("token-1");
        assertThat(caller.permissions()).contains("apis:create", "stoa:deploy").doesNotContain("apis:delete");
        assertThat(caller.authentication().roles()).containsExactly("devops");
        assertThat(caller.authentication().clientId()).isEqualTo("portal");
        assertThat(caller.authentication().confirmation()).isEqualTo(Confirmation.NONE);
        assertThat(caller.authentication().expires()).isEqualTo(clock.instant().plusSeconds(330));
    }

    @Test
    void no_signature_and_a_shared_secret_are_no_algorithms() throws Exception {
        String unsigned = TestIssuer.part("{\"alg\":\"none\"}") + "." + TestIssuer.part(StrictJson.text(claims()));
        assertThat(fault(unsigned + ".AA")).isEqualTo(TokenFault.ALGORITHM);
        assertThat(fault(unsigned + ".")).isEqualTo(TokenFault.MALFORMED);

        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(TestIssuer.rsaPublicKey(), "HmacSHA256"));
        String input = TestIssuer.part("{\"alg\":\"HS256\",\"kid\":\"rs\"}") + "."
                + TestIssuer.part(StrictJson.text(claims()));
        String signature = bulwark.kernel.json.Base64Url.text(mac.doFinal(input.getBytes()));
        assertThat(fault(input + "." + signature)).isEqualTo(TokenFault.ALGORITHM);
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"RS256,ps", "PS256,rs", "ES256,rs", "RS256,es", "RS512,rs"})
    void the_algorithm_is_the_keys(String algorithm, String kid) {
        assertThat(fault(TestIssuer.signed(Map.of("alg", algorithm, "kid", kid), claims())))
                .isEqualTo(TokenFault.ALGORITHM);
    }

    @Test
    void an_unknown_key_is_named_as_one_whatever_its_name_looks_like() {
        for (String kid : List.of("nobody", "../../etc/passwd", "rs' OR '1'='1", "/dev/null")) {
            assertThat(fault(TestIssuer.signed(Map.of("alg", "RS256", "kid", kid), claims())))
                    .isEqualTo(TokenFault.UNKNOWN_KEY);
        }
        assertThat(fault(TestIssuer.signed(Map.of("alg", "RS256"), claims()))).isEqualTo(TokenFault.UNKNOWN_KEY);
        assertThat(fault(TestIssuer.signed(Map.of("alg", "RS256", "kid", 7), claims())))
                .isEqualTo(TokenFault.MALFORMED);
    }

    @Test
    void keys_and_addresses_in_a_header_are_never_looked_at() {
        Map<String, Object> header = new HashMap<>(Map.of("alg", "RS256", "kid", "rs"));
        header.put("jku", "http://127.0.0.1:1/keys");
        header.put("x5u", "http://127.0.0.1:1/chain");
        header.put("jwk", Map.of("kty", "RSA"));
        header.put("x5c", List.of("nothing"));
        accepted(TestIssuer.signed(header, claims()));

        header.remove("kid");
        header.put("jwk", TestIssuer.rsa("rs", "RS256"));
        assertThat(fault(TestIssuer.signed(header, claims()))).isEqualTo(TokenFault.UNKNOWN_KEY);
    }

    @Test
    void an_extension_that_must_be_understood_is_refused() {
        Map<String, Object> header = Map.of("alg", "RS256", "kid", "rs", "crit", List.of("exp"), "exp", 1);
        assertThat(fault(TestIssuer.signed(header, claims()))).isEqualTo(TokenFault.CRITICAL_HEADER);
    }

    @Test
    void a_changed_token_and_one_of_another_key_have_an_invalid_signature() {
        String good = TestIssuer.rs256(claims());
        String[] parts = good.split("\\.");
        String other = TestIssuer.part(StrictJson.text(claimsWith("sub", "admin")));
        assertThat(fault(parts[0] + "." + other + "." + parts[2])).isEqualTo(TokenFault.INVALID_SIGNATURE);
        assertThat(fault(TestIssuer.signedByAnotherKey(claims()))).isEqualTo(TokenFault.INVALID_SIGNATURE);
        // Also when its claims would be refused besides: they are not even read.
        Map<String, Object> expired = claimsWith("exp", 1);
        assertThat(fault(TestIssuer.signedByAnotherKey(expired))).isEqualTo(TokenFault.INVALID_SIGNATURE);
    }

    @Test
    void a_token_ends_half_a_minute_after_its_time_and_begins_as_much_before() {
        long now = clock.instant().getEpochSecond();
        accepted(TestIssuer.rs256(claimsWith("exp", now - 29)));
        assertThat(fault(TestIssuer.rs256(claimsWith("exp", now - 30)))).isEqualTo(TokenFault.EXPIRED);
        accepted(TestIssuer.rs256(claimsWith("nbf", now + 30)));
        assertThat(fault(TestIssuer.rs256(claimsWith("nbf", now + 31)))).isEqualTo(TokenFault.NOT_YET_VALID);
        assertThat(fault(TestIssuer.rs256(claimsWith("iat", now + 31)))).isEqualTo(TokenFault.NOT_YET_VALID);

        String token = TestIssuer.rs256(claims());
        clock.advance(Duration.ofSeconds(330));
        assertThat(fault(token)).isEqualTo(TokenFault.EXPIRED);
    }

    @Test
    void issuer_and_audience_must_be_ours() {
        assertThat(fault(TestIssuer.rs256(claimsWith("iss", "https://id.example/realms/other"))))
                .isEqualTo(TokenFault.INVALID_ISSUER);
        assertThat(fault(TestIssuer.rs256(claimsWith("iss", null)))).isEqualTo(TokenFault.INVALID_ISSUER);
        assertThat(fault(TestIssuer.rs256(claimsWith("iss", TestIssuer.ISSUER + "/"))))
                .isEqualTo(TokenFault.INVALID_ISSUER);
        assertThat(fault(TestIssuer.rs256(claimsWith("aud", "another")))).isEqualTo(TokenFault.INVALID_AUDIENCE);
        assertThat(fault(TestIssuer.rs256(claimsWith("aud", null)))).isEqualTo(TokenFault.INVALID_AUDIENCE);
        accepted(TestIssuer.rs256(claimsWith("aud", List.of("another", "account"))));
        assertThat(fault(TestIssuer.rs256(claimsWith("aud", List.of())))).isEqualTo(TokenFault.INVALID_AUDIENCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ID", "Refresh", "Offline", "Logout", "bearer"})
    void what_is_no_access_token_is_refused(String type) {
        assertThat(fault(TestIssuer.rs256(claimsWith("typ", type)))).isEqualTo(TokenFault.NOT_ACCESS_TOKEN);
    }

    @Test
    void a_token_that_does_not_say_what_it_is_is_refused() {
        Map<String, Object> silent = claimsWith("typ", null);
        assertThat(fault(TestIssuer.rs256(silent))).isEqualTo(TokenFault.NOT_ACCESS_TOKEN);
        for (String type : List.of("at+jwt", "application/AT+JWT")) {
            accepted(TestIssuer.signed(Map.of("alg", "RS256", "kid", "rs", "typ", type), silent));
        }
        for (String type : List.of("dpop+jwt", "logout+jwt", "secevent+jwt")) {
            assertThat(fault(TestIssuer.signed(Map.of("alg", "RS256", "kid", "rs", "typ", type), claims())))
                    .isEqualTo(TokenFault.NOT_ACCESS_TOKEN);
        }
    }

    @Test
    void a_claim_of_the_wrong_type_makes_a_token_malformed() {
        Map<String, Object> faults = new LinkedHashMap<>();
        faults.put("sub", 7);
        faults.put("exp", "4102444800");
        faults.put("aud", 7);
        faults.put("iss", List.of(TestIssuer.ISSUER));
        faults.put("scope", List.of("stoa:read"));
        faults.put("realm_access", Map.of("roles", "devops"));
        faults.put("jti", "line\nbreak");
        faults.put("tenant", "../acme");
        faults.put("nbf", 1e30);
        faults.forEach((name, value) -> assertThat(fault(TestIssuer.rs256(claimsWith(name, value))))
                .as(name)
                .isEqualTo(TokenFault.MALFORMED));
        for (String required : List.of("sub", "exp")) {
            assertThat(fault(TestIssuer.rs256(claimsWith(required, null)))).isEqualTo(TokenFault.MALFORMED);
        }
    }

    @Test
    void one_name_twice_is_refused_in_header_and_claims() {
        String claims = StrictJson.text(claims());
        String twice = claims.substring(0, claims.length() - 1) + ",\"sub\":\"admin\"}";
        assertThat(fault(TestIssuer.signed("{\"alg\":\"RS256\",\"kid\":\"rs\"}", twice, "RS256")))
                .isEqualTo(TokenFault.MALFORMED);
        assertThat(fault(TestIssuer.signed("{\"alg\":\"RS256\",\"kid\":\"rs\",\"alg\":\"RS256\"}", claims, "RS256")))
                .isEqualTo(TokenFault.MALFORMED);
    }

    @Test
    void a_token_has_one_text_only() {
        String good = TestIssuer.rs256(claims());
        assertThat(fault(good + "=")).isEqualTo(TokenFault.MALFORMED);
        assertThat(fault(good + ".")).isEqualTo(TokenFault.MALFORMED);
        assertThat(fault(" " + good)).isEqualTo(TokenFault.MALFORMED);
        char last = good.charAt(good.length() - 1);
        // RSA signatures of 256 bytes leave four unused bits in the last character.
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        String twin = good.substring(0, good.length() - 1) + alphabet.charAt(alphabet.indexOf(last) + 1);
        assertThat(fault(twin)).isEqualTo(TokenFault.MALFORMED);
        assertThat(fault("a".repeat(20_000))).isEqualTo(TokenFault.MALFORMED);
    }

    @Test
    void a_binding_that_cannot_be_checked_is_not_passed_over() {
        String digest = "A".repeat(43);
        Principal bound = accepted(TestIssuer.rs256(claimsWith("cnf", Map.of("x5t#S256", digest, "jkt", digest))));
        assertThat(bound.authentication().confirmation()).isEqualTo(new Confirmation("0".repeat(64), digest));
        for (Object cnf : Arrays.asList(
                Map.of("jwk", Map.of()), Map.of(), "text", Map.of("jkt", "short"), Map.of("jkt", digest, "kid", "x"))) {
            assertThat(fault(TestIssuer.rs256(claimsWith("cnf", cnf)))).isEqualTo(TokenFault.UNKNOWN_CONFIRMATION);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cpi_admin,cpi-admin",
        "stoa.admin,cpi-admin",
        "stoa.product_owner,tenant-admin",
        "stoa.developer,devops",
        "dev-ops,devops",
        "read-only,viewer",
        "readonly,viewer",
        "stoa.consumer,viewer"
    })
    void legacy_names_of_roles_are_mapped(String name, String role) {
        Map<String, Object> claims = claimsWith("realm_access", Map.of("roles", List.of(name)));
        assertThat(accepted(TestIssuer.rs256(claims)).authentication().roles()).containsExactly(role);
    }

    @Test
    void the_name_admin_counts_only_where_an_operator_says_so() {
        String token = TestIssuer.rs256(claimsWith("realm_access", Map.of("roles", List.of("admin"))));
        assertThat(accepted(token).permissions()).isEmpty();
        TokenVerdict.Accepted aliased = (TokenVerdict.Accepted) verifier(true).verify(token);
        assertThat(aliased.token().principal().permissions()).contains("tenants:create");
    }

    @Test
    void roles_of_clients_count_only_for_our_audiences() {
        Map<String, Object> claims = claimsWith("realm_access", null);
        claims.put(
                "resource_access",
                Map.of(
                        "stoa-mcp-gateway", Map.of("roles", List.of("viewer")),
                        "another", Map.of("roles", List.of("cpi-admin"))));
        assertThat(accepted(TestIssuer.rs256(claims)).authentication().roles()).containsExactly("viewer");
    }

    @Test
    void a_caller_without_tenant_needs_the_role_of_the_platform() {
        Map<String, Object> claims = claimsWith("tenant", null);
        assertThat(verifier.verify(TestIssuer.rs256(claims)))
                .isInstanceOfSatisfying(TokenVerdict.WithoutTenant.class, without -> {
                    assertThat(without.token().principal().entityUri()).isEqualTo("user-1");
                    assertThat(without.silent()).isTrue();
                });
        claims.put("realm_access", Map.of("roles", List.of("devops", "tenant-acme", "tenant-admin")));
        assertThat(accepted(TestIssuer.rs256(claims)).tenant()).isEqualTo("acme");
        claims.put("realm_access", Map.of("roles", List.of("tenant-acme", "tenant-other")));
        assertThat(verifier.verify(TestIssuer.rs256(claims)))
                .isInstanceOfSatisfying(
                        TokenVerdict.WithoutTenant.class,
                        without -> assertThat(without.silent()).isFalse());
        claims.put("realm_access", Map.of("roles", List.of("cpi-admin")));
        assertThat(accepted(TestIssuer.rs256(claims)).tenant()).isEqualTo("platform");
        assertThat(verifier.verify(TestIssuer.rs256(claimsWith("tenant", "platform"))))
                .isInstanceOf(TokenVerdict.WithoutTenant.class);
    }

    @Test
    void a_token_that_names_scopes_is_limited_to_them() {
        Principal limited = accepted(TestIssuer.rs256(claimsWith("scope", "openid profile stoa:read")));
        assertThat(limited.permissions())
                .contains("apis:read", "stoa:read")
                .doesNotContain("apis:create", "stoa:write");
        Map<String, Object> client = claimsWith("scope", "stoa:read stoa:admin");
        client.remove("realm_access");
        assertThat(accepted(TestIssuer.rs256(client)).permissions()).containsExactly("stoa:read");
    }
}
