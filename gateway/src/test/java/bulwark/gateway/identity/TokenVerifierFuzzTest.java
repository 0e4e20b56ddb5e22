package bulwark.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.signing.Signing;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whatever a header line holds, a token that nobody signed is refused by a verdict and never by an exception. */
class TokenVerifierFuzzTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-27T12:00:00Z"), ZoneOffset.UTC);
    private static final IssuerKeys KEYS = IssuerKeys.parse(TestIssuer.keySet(), Signing.fastest());
    private static final TokenVerifier VERIFIER =
            new TokenVerifier(TestIssuer.ISSUER, Set.of(TestIssuer.AUDIENCE), false, source(), CLOCK);

    private static KeySource source() {
        return new KeySource() {
            @Override
            public KeyLookup find(@Nullable String kid) {
                VerificationKey key = KEYS.find(kid);
                return key == null ? new KeyLookup.Unknown() : new KeyLookup.Found(key);
            }

            @Override
            public boolean hasKeys() {
                return true;
            }

            @Override
            public void refresh() {}
        };
    }

    @FuzzTest
    void no_text_is_accepted(byte[] data) {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        assertThat(VERIFIER.verify(text)).isInstanceOf(TokenVerdict.Refused.class);
        String framed = TestIssuer.part("{\"alg\":\"RS256\",\"kid\":\"rs\"}") + "." + TestIssuer.part(text) + "."
                + TestIssuer.part(text + "x");
        assertThat(VERIFIER.verify(framed)).isInstanceOf(TokenVerdict.Refused.class);
    }

    /** Signed, so that the reader of claims sees it. */
    @FuzzTest
    void claims_of_any_shape_end_in_a_verdict(byte[] data) {
        String claims = new String(data, StandardCharsets.UTF_8);
        assertThat(VERIFIER.verify(TestIssuer.signed("{\"alg\":\"ES256\",\"kid\":\"es\"}", claims, "ES256")))
                .isNotNull();
    }
}
