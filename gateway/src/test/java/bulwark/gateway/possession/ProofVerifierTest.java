package bulwark.gateway.possession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.identity.TokenDigest;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases D1 and D3, with the phrases that callers know. */
class ProofVerifierTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final String TOKEN = "a.b.c";
    private static final String URL = "https://gw.example/apis/x";
    private static final Consumer<Map<String, Object>> SAME = members -> {};

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final TestProof client = new TestProof();
    private final ProofVerifier verifier = verifier(100);

    private ProofVerifier verifier(int remembered) {
        return new ProofVerifier(
                ProofPolicy.STANDARD,
                new MemoryReplayStore(remembered, clock),
                "https://GW.example:443",
                SIGNING,
                clock);
    }

    private ProofVerifier.Expected expected() {
        return new ProofVerifier.Expected(
                "POST",
                "/apis/x",
                TokenDigest.of(TOKEN).base64Url(),
                new ProofReplayStore.Caller("acme", "user"),
                client.thumbprint());
    }

    private String changed(Consumer<Map<String, Object>> header, Consumer<Map<String, Object>> claims) {
        return client.proof("POST", URL, clock.instant(), TOKEN, header, claims);
    }

    private void assertRefused(String proof, String phrase) {
        assertThatThrownBy(() -> verifier.verify(proof, expected()))
                .isInstanceOf(ProofRefused.class)
                .hasMessageContaining(phrase);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://gw.example/apis/x",
                "HTTPS://GW.EXAMPLE/apis/x",
                "https://gw.example:443/apis/x",
                "https://gw.example/apis/x?q=1#f"
            })
    void a_good_proof_holds_whatever_the_spelling_of_its_url(String url) {
        verifier.verify(client.proof("POST", url, clock.instant(), TOKEN), expected());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://gw.example/apis/x",
                "https://evil.example/apis/x",
                "https://gw.example:8443/apis/x",
                "https://gw.example/apis/X",
                "https://gw.example/apis/x/",
                "https://user@gw.example/apis/x",
                "/apis/x",
                "",
                "::"
            })
    void a_proof_for_another_url_does_not_hold(String url) {
        assertRefused(client.proof("POST", url, clock.instant(), TOKEN), "htu mismatch");
    }

    @DisplayName("D3: a proof for another method does not hold")
    @Test
    void a_proof_for_another_method_does_not_hold() {
        assertRefused(client.proof("GET", URL, clock.instant(), TOKEN), "htm mismatch");
        assertRefused(client.proof("post", URL, clock.instant(), TOKEN), "htm mismatch");
    }

    @DisplayName("D3: a proof has its time")
    @ParameterizedTest
    @CsvSource({"-600,iat is too old", "-301,iat is too old", "600,iat is in the future", "31,iat is in the future"})
    void a_proof_has_its_time(int seconds, String phrase) {
        assertRefused(client.proof("POST", URL, clock.instant().plusSeconds(seconds), TOKEN), phrase);
    }

    @ParameterizedTest
    @ValueSource(ints = {-300, 0, 30})
    void a_proof_of_this_time_holds(int seconds) {
        verifier.verify(client.proof("POST", URL, clock.instant().plusSeconds(seconds), TOKEN), expected());
    }

    @DisplayName("D3: a proof holds once and for as long as it could be good again")
    @Test
    void a_proof_holds_once_and_for_as_long_as_it_could_be_good_again() {
        String proof = client.proof("POST", URL, clock.instant(), TOKEN);
        verifier.verify(proof, expected());
        assertRefused(proof, "replay detected");
        clock.advance(Duration.ofSeconds(300));
        assertRefused(proof, "replay detected");
        clock.advance(Duration.ofSeconds(1));
        assertRefused(proof, "iat is too old");
    }

    @Test
    void a_proof_that_does_not_hold_uses_up_no_id() {
        String id = "the-same-id";
        String wrong = client.proof("GET", URL, clock.instant(), TOKEN, SAME, claims -> claims.put("jti", id));
        assertRefused(wrong, "htm mismatch");
        verifier.verify(changed(SAME, claims -> claims.put("jti", id)), expected());
    }

    @Test
    void a_full_store_refuses_and_lets_nothing_be_replayed() {
        ProofVerifier small = verifier(1);
        String first = client.proof("POST", URL, clock.instant(), TOKEN);
        small.verify(first, expected());
        assertThatThrownBy(() -> small.verify(client.proof("POST", URL, clock.instant(), TOKEN), expected()))
                .hasMessageContaining("cannot be remembered");
        assertThatThrownBy(() -> small.verify(first, expected())).hasMessageContaining("replay detected");
        clock.advance(Duration.ofSeconds(600));
        small.verify(client.proof("POST", URL, clock.instant(), TOKEN), expected());
    }

    @DisplayName("D3: a proof belongs to its token")
    @Test
    void a_proof_belongs_to_its_token() {
        assertRefused(changed(SAME, claims -> claims.remove("ath")), "missing 'ath' claim");
        assertRefused(client.proof("POST", URL, clock.instant(), "another.token.here"), "ath mismatch");
    }

    @Test
    void a_proof_by_another_key_than_the_tokens_does_not_hold() {
        TestProof thief = new TestProof();
        assertRefused(thief.proof("POST", URL, clock.instant(), TOKEN), "not the one of the token");
    }

    @DisplayName("D3: a private key in a proof is told")
    @Test
    void a_private_key_in_a_proof_is_told() {
        assertRefused(
                changed(
                        header -> {
                            Map<String, Object> jwk = client.jwk();
                            jwk.put("d", "AQAB");
                            header.put("jwk", jwk);
                        },
                        SAME),
                "private key material");
    }

    @DisplayName("D3: other algorithms are not allowed")
    @ParameterizedTest
    @ValueSource(strings = {"HS256", "none", "ES512", "es256"})
    void other_algorithms_are_not_allowed(String algorithm) {
        assertRefused(changed(header -> header.put("alg", algorithm), SAME), "is not allowed");
    }

    @Test
    void what_is_no_proof_does_not_hold() {
        assertRefused(changed(header -> header.put("typ", "JWT"), SAME), "typ");
        assertRefused(changed(header -> header.remove("jwk"), SAME), "no jwk");
        assertRefused(changed(header -> header.put("alg", "RS256"), SAME), "signature");
        assertRefused(changed(header -> header.put("jwk", new TestProof().jwk()), SAME), "signature");
        assertRefused(changed(header -> header.put("crit", java.util.List.of("b64")), SAME), "not understood");
        assertRefused(changed(SAME, claims -> claims.remove("jti")), "jti");
        assertRefused(changed(SAME, claims -> claims.put("jti", "x".repeat(257))), "jti");
        assertRefused(changed(SAME, claims -> claims.put("iat", "now")), "iat");
        assertRefused("x".repeat(9_000), "too long");
        assertRefused("", "not usable");
    }

    @FuzzTest
    void no_text_holds(byte[] data) {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> verifier.verify(text, expected())).isInstanceOf(ProofRefused.class);
        assertThat(ProofTarget.parse(text)).isNotNull();
    }
}
