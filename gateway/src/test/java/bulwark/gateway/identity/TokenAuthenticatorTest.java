package bulwark.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.identity.TokenRevocation.Claim;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenAuthenticatorTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final int BUDGET = 5;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final TokenRevocationList revocations = new TokenRevocationList(clock);
    private final AtomicInteger verifications = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);
    private boolean waiting;
    private IssuerKeys keys = IssuerKeys.parse(TestIssuer.keySet(), SIGNING);
    private final TokenAuthenticator authenticator = new TokenAuthenticator(
            new TokenVerifier(TestIssuer.ISSUER, Set.of(TestIssuer.AUDIENCE), false, new Keys(), clock),
            revocations,
            new FirstSightGate(BUDGET, clock),
            clock);

    /** Counts the verifications that get as far as a key, and lets them wait at the gate when told to. */
    private final class Keys implements KeySource {
        @Override
        public KeyLookup find(@Nullable String kid) {
            verifications.incrementAndGet();
            if (waiting) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            VerificationKey key = keys.find(kid);
            return key == null ? new KeyLookup.Unknown() : new KeyLookup.Found(key);
        }

        @Override
        public boolean hasKeys() {
            return true;
        }

        @Override
        public void refresh() {}
    }

    private String token(String id) {
        Map<String, Object> claims = TestIssuer.claims(clock.instant());
        claims.put("jti", id);
        return TestIssuer.rs256(claims);
    }

    private @Nullable TokenVerdict known(String token) {
        return authenticator.known(TokenDigest.of(token));
    }

    private TokenVerdict verify(String token, String source) {
        return authenticator.verify(token, TokenDigest.of(token), source).join();
    }

    @Test
    void a_token_is_verified_once_and_then_known_without_waiting() {
        String token = token("a");
        assertThat(known(token)).isNull();
        TokenVerdict first = verify(token, "10.0.0.1");
        assertThat(first).isInstanceOf(TokenVerdict.Accepted.class);
        assertThat(known(token)).isSameAs(first);
        assertThat(verify(token, "10.0.0.1")).isSameAs(first);
        assertThat(verifications).hasValue(1);
    }

    @Test
    void a_known_token_ends_when_it_expires() {
        String token = token("a");
        verify(token, "10.0.0.1");
        clock.advance(Duration.ofSeconds(329));
        assertThat(known(token)).isInstanceOf(TokenVerdict.Accepted.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(known(token)).isNull();
        assertThat(verify(token, "10.0.0.1")).isEqualTo(new TokenVerdict.Refused(TokenFault.EXPIRED));
    }

    @Test
    void a_known_token_ends_when_its_key_is_taken_back() {
        String token = token("a");
        verify(token, "10.0.0.1");
        keys = keys.replacedBy(IssuerKeys.parse(TestIssuer.keySet(), SIGNING));
        assertThat(known(token)).as("the same key in a newer set").isNotNull();
        keys = keys.replacedBy(IssuerKeys.parse(TestIssuer.keySetWithoutRsa(), SIGNING));
        assertThat(known(token)).isNull();
        assertThat(verify(token, "10.0.0.1")).isEqualTo(new TokenVerdict.Refused(TokenFault.UNKNOWN_KEY));
    }

    @ParameterizedTest
    @CsvSource({"JTI,a", "SUB,user-1", "CLIENT_ID,portal"})
    void a_revocation_ends_known_tokens_at_once_and_new_ones_until_its_end(Claim claim, String value) {
        String token = token("a");
        verify(token, "10.0.0.1");
        revocations.add(new TokenRevocation(claim, value, clock.instant().plusSeconds(60)));
        assertThat(known(token)).isNull();
        assertThat(verify(token, "10.0.0.1")).isEqualTo(new TokenVerdict.Refused(TokenFault.REVOKED));
        assertThat(revocations.list()).hasSize(1);

        clock.advance(Duration.ofSeconds(61));
        assertThat(revocations.list()).isEmpty();
        assertThat(verify(token, "10.0.0.1")).isInstanceOf(TokenVerdict.Accepted.class);
    }

    @Test
    void a_revocation_that_comes_during_a_verification_holds() throws Exception {
        waiting = true;
        String token = token("a");
        CompletableFuture<TokenVerdict> verdict = authenticator.verify(token, TokenDigest.of(token), "10.0.0.1");
        Awaitility.await().until(() -> verifications.get() > 0);
        revocations.add(new TokenRevocation(Claim.SUB, "user-1", clock.instant().plusSeconds(60)));
        gate.countDown();
        assertThat(verdict.join()).isEqualTo(new TokenVerdict.Refused(TokenFault.REVOKED));
        assertThat(known(token) instanceof TokenVerdict.Accepted).isFalse();
    }

    @Test
    void a_revocation_that_is_taken_back_ends() {
        String token = token("a");
        revocations.add(new TokenRevocation(Claim.JTI, "a", clock.instant().plusSeconds(60)));
        assertThat(revocations.remove(Claim.JTI, "a")).isTrue();
        assertThat(revocations.remove(Claim.JTI, "a")).isFalse();
        assertThat(verify(token, "10.0.0.1")).isInstanceOf(TokenVerdict.Accepted.class);
    }

    @Test
    void a_source_has_a_budget_of_new_tokens_and_known_ones_are_free() {
        String known = token("known");
        assertThat(verify(known, "10.0.0.1")).isInstanceOf(TokenVerdict.Accepted.class);
        for (int i = 1; i < BUDGET; i++) {
            assertThat(verify("made.up." + i, "10.0.0.1")).isInstanceOf(TokenVerdict.Refused.class);
        }
        assertThat(verify(token("b"), "10.0.0.1")).isInstanceOf(TokenVerdict.NotNow.class);
        assertThat(verify(token("b"), "10.0.0.2")).isInstanceOf(TokenVerdict.Accepted.class);
        assertThat(verify(known, "10.0.0.1")).isInstanceOf(TokenVerdict.Accepted.class);

        clock.advance(Duration.ofSeconds(1));
        assertThat(verify(token("c"), "10.0.0.1")).isInstanceOf(TokenVerdict.Accepted.class);
    }

    @Test
    void a_bad_token_that_is_repeated_costs_one_verification_in_ten_seconds() {
        Map<String, Object> claims = new HashMap<>(TestIssuer.claims(clock.instant()));
        claims.put("iss", "https://elsewhere.example");
        String bad = TestIssuer.rs256(claims);
        for (int i = 0; i < 2 * BUDGET; i++) {
            assertThat(verify(bad, "10.0.0.1")).isEqualTo(new TokenVerdict.Refused(TokenFault.INVALID_ISSUER));
        }
        assertThat(verifications).hasValue(1);
        clock.advance(Duration.ofSeconds(10));
        verify(bad, "10.0.0.1");
        assertThat(verifications).hasValue(2);
    }

    @Test
    void requests_that_arrive_with_one_new_token_share_its_verification() {
        waiting = true;
        String token = token("a");
        CompletableFuture<TokenVerdict> first = authenticator.verify(token, TokenDigest.of(token), "10.0.0.1");
        for (int i = 0; i < 3 * BUDGET; i++) {
            assertThat(authenticator.verify(token, TokenDigest.of(token), "10.0.0.1"))
                    .isSameAs(first);
        }
        gate.countDown();
        assertThat(first.join()).isInstanceOf(TokenVerdict.Accepted.class);
        assertThat(verifications).hasValue(1);
    }
}
