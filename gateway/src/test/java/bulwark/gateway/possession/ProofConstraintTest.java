package bulwark.gateway.possession;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.StageResult;
import bulwark.gateway.identity.TokenDigest;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.refusal.WireError;
import bulwark.kernel.access.Principal;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Tokens that are bound to a key, alone and together with a certificate. */
class ProofConstraintTest extends SenderConstraintTestBase {
    private static final SenderPolicy PROOFS = new SenderPolicy(true, false);

    @Test
    void a_caller_at_its_share_of_remembered_proofs_keeps_no_other_out() {
        SenderConstraint constraint = constraint(MtlsPolicy.OFF, SenderPolicy.OFF, 20);
        for (int i = 0; i < 2; i++) {
            assertThat(proven(constraint, "acme", "ann")).isInstanceOf(StageResult.Pass.class);
        }
        StageResult refused = proven(constraint, "acme", "ann");
        GatewayRefusal refusal = ((StageResult.Refuse) refused).refusal();
        assertThat(GatewayWireErrors.of(refusal).status()).isEqualTo(429);
        assertThat(proven(constraint, "acme", "bob")).isInstanceOf(StageResult.Pass.class);
    }

    @Test
    void proofs_that_cannot_be_remembered_are_no_fault_of_the_caller() {
        SenderConstraint constraint = constraint(MtlsPolicy.OFF, SenderPolicy.OFF, 1);
        assertThat(proven(constraint, "acme", "ann")).isInstanceOf(StageResult.Pass.class);
        GatewayRefusal refusal = ((StageResult.Refuse) proven(constraint, "globex", "bob")).refusal();
        WireError answer = GatewayWireErrors.of(refusal);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(refusal.code()).isEqualTo("proofs_unavailable");
        assertThat(answer.fields()).contains("Retry-After");
    }

    private StageResult proven(SenderConstraint constraint, String tenant, String name) {
        String proof = client.proof("GET", "https://gw.example/apis/x", clock.instant(), TOKEN);
        Principal bound = caller(null, client.thumbprint());
        Principal who = new Principal(name, tenant, Set.of(), "id", Set.of(), bound.authentication());
        return check(constraint, call(PROXY, "/apis/x", "DPoP: " + proof), true, who);
    }

    @DisplayName("D1, D2, D3: a token bound to a key passes with one proof under the scheme of proofs")
    @Test
    void a_token_bound_to_a_key_passes_with_one_proof_under_the_scheme_of_proofs() {
        SenderConstraint constraint = constraint(MtlsPolicy.OFF, SenderPolicy.OFF);
        Principal who = caller(null, client.thumbprint());
        String proof = client.proof("GET", "https://gw.example/apis/x", clock.instant(), TOKEN);

        assertThat(check(constraint, call(PROXY, "/apis/x", "DPoP: " + proof), true, who))
                .isInstanceOf(StageResult.Pass.class);
        assertRefused(
                check(constraint, call(PROXY, "/apis/x", "DPoP: " + proof), true, who),
                401,
                "invalid_dpop_proof",
                "replay detected");
        assertRefused(
                check(constraint, call(PROXY, "/apis/x"), true, who),
                401,
                "SENDER_CONSTRAINT_DPOP_MISSING",
                "missing DPoP header");
        assertRefused(
                check(constraint, call(PROXY, "/apis/x", "DPoP: " + proof, "DPoP: " + proof), true, who),
                401,
                "invalid_dpop_proof",
                "exactly one");
        assertRefused(
                check(constraint, call(PROXY, "/apis/x", "DPoP: " + proof), false, who),
                401,
                "SENDER_CONSTRAINT_DPOP_REQUIRED",
                "not Bearer");
        assertThat(metrics.scrape())
                .contains(
                        "stoa_dpop_validations_total{result=\"success\"} 1.0",
                        "stoa_dpop_validations_total{result=\"replay\"} 1.0");
    }

    @Test
    void a_token_that_is_bound_to_nothing_is_refused_where_all_must_be() {
        Principal who = caller(null, null);
        String proof = client.proof("GET", "https://gw.example/apis/x", clock.instant(), TOKEN);
        SenderConstraint proofs = constraint(MtlsPolicy.OFF, PROOFS);
        assertRefused(
                check(proofs, call(PROXY, "/apis/x"), false, who), 401, "SENDER_CONSTRAINT_DPOP_MISSING", "missing");
        assertRefused(
                check(proofs, call(PROXY, "/apis/x", "DPoP: " + proof), true, who),
                401,
                "SENDER_CONSTRAINT_DPOP_REQUIRED",
                "bound");
        assertRefused(
                check(
                        constraint(MTLS, new SenderPolicy(false, true)),
                        call(PROXY, "/apis/x", certificate()),
                        false,
                        who),
                401,
                "SENDER_CONSTRAINT_MTLS_REQUIRED",
                "bound");
        assertRefused(
                check(
                        constraint(MtlsPolicy.OFF, SenderPolicy.OFF),
                        call(PROXY, "/apis/x", "DPoP: " + proof),
                        true,
                        who),
                401,
                "SENDER_CONSTRAINT_DPOP_REQUIRED",
                "bound");
    }

    @DisplayName("D4: certificate and proof hold together")
    @Test
    void certificate_and_proof_hold_together() {
        Principal who = caller(FINGERPRINT, client.thumbprint());
        String proof = client.proof("GET", "https://gw.example/apis/x", clock.instant(), TOKEN);
        String[] both = Stream.concat(Stream.of(certificate()), Stream.of("DPoP: " + proof))
                .toArray(String[]::new);
        assertThat(check(constraint(MTLS, SenderPolicy.OFF), call(PROXY, "/apis/x", both), true, who))
                .isInstanceOf(StageResult.Pass.class);
    }

    @DisplayName("D5: profiles ask for proof and certificate")
    @Test
    void profiles_ask_for_proof_and_certificate() {
        SenderConstraint constraint = constraint(MTLS, SenderPolicy.OFF);
        Principal bare = caller(null, null);
        assertRefused(
                constraint.check(
                        call(PROXY, "/apis/x"), false, TokenDigest.of(TOKEN), bare, SecurityProfile.FAPI_BASELINE),
                403,
                "PROFILE_DPOP_REQUIRED",
                "proof");
        String proof = client.proof("GET", "https://gw.example/apis/x", clock.instant(), TOKEN);
        assertRefused(
                constraint.check(
                        call(PROXY, "/apis/x", "DPoP: " + proof),
                        true,
                        TokenDigest.of(TOKEN),
                        caller(null, client.thumbprint()),
                        SecurityProfile.FAPI_ADVANCED),
                403,
                "PROFILE_MTLS_REQUIRED",
                "certificate");
        assertThat(SecurityProfile.named("anything")).isEqualTo(SecurityProfile.FAPI_ADVANCED);
    }
}
