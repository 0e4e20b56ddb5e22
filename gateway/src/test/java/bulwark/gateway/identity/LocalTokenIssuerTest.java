package bulwark.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.permission.Role;
import bulwark.kernel.access.Principal;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTokenIssuerTest {
    private static final Signing SIGNING = Signing.fastest();

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));

    private TokenVerifier verifier() {
        LocalKeySource keys = new LocalKeySource(LocalTokenIssuer.ring(folder), SIGNING, clock);
        return new TokenVerifier(LocalTokenIssuer.ISSUER, Set.of("stoa-mcp-gateway"), false, keys, clock);
    }

    private String issue() {
        return LocalTokenIssuer.open(folder, SIGNING, clock)
                .issue("operator", "acme", List.of(Role.DEVOPS), Duration.ofMinutes(5), "stoa-mcp-gateway");
    }

    @Test
    void a_token_that_was_issued_here_is_accepted_until_it_ends() {
        String token = issue();
        TokenVerifier verifier = verifier();
        TokenVerdict.Accepted accepted = (TokenVerdict.Accepted) verifier.verify(token);
        Principal caller = accepted.token().principal();
        assertThat(caller.entityUri()).isEqualTo("operator");
        assertThat(caller.tenant()).isEqualTo("acme");
        assertThat(caller.permissions()).contains("apis:create");
        clock.advance(Duration.ofSeconds(330));
        assertThat(verifier.verify(token)).isEqualTo(new TokenVerdict.Refused(TokenFault.EXPIRED));
    }

    @Test
    void without_any_key_nothing_can_be_said_and_a_key_that_comes_is_found() {
        TokenVerifier verifier = verifier();
        String token = issue();
        assertThat(verifier.verify(token)).isInstanceOf(TokenVerdict.KeysUnavailable.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(verifier.verify(token)).isInstanceOf(TokenVerdict.Accepted.class);
    }

    @Test
    void a_key_that_is_distrusted_takes_its_tokens_along_within_a_second() {
        String token = issue();
        TokenVerifier verifier = verifier();
        TokenVerdict.Accepted accepted = (TokenVerdict.Accepted) verifier.verify(token);
        KeyRing ring = KeyRing.open(LocalTokenIssuer.ring(folder), SIGNING, clock);
        String former = ring.signer().keyId();
        ring.promote(ring.announce(SIGNING.random32()).id(), Duration.ofMinutes(10));
        clock.advance(Duration.ofSeconds(1));
        verifier.keys().refresh();
        assertThat(accepted.token().isLive(clock.millis()))
                .as("in the time of dual trust")
                .isTrue();

        ring.distrust(former);
        clock.advance(Duration.ofSeconds(1));
        verifier.keys().refresh();
        assertThat(accepted.token().isLive(clock.millis())).isFalse();
        assertThat(verifier.verify(token)).isEqualTo(new TokenVerdict.Refused(TokenFault.UNKNOWN_KEY));
        assertThat(verifier.verify(issue())).isInstanceOf(TokenVerdict.Accepted.class);
    }

    @Test
    void a_token_of_another_gateway_is_unknown_here(@TempDir Path another) {
        issue();
        String foreign = LocalTokenIssuer.open(another, SIGNING, clock)
                .issue("operator", "acme", List.of(Role.CPI_ADMIN), Duration.ofMinutes(5), "stoa-mcp-gateway");
        assertThat(verifier().verify(foreign)).isEqualTo(new TokenVerdict.Refused(TokenFault.UNKNOWN_KEY));
    }

    @Test
    void a_token_lives_for_a_day_at_most() {
        LocalTokenIssuer issuer = LocalTokenIssuer.open(folder, SIGNING, clock);
        for (Duration lifetime : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofHours(25))) {
            assertThatThrownBy(() -> issuer.issue("operator", "acme", List.of(Role.VIEWER), lifetime, "account"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
