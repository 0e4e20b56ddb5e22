package bulwark.gateway.possession;

import bulwark.kernel.signing.CompactJws;
import bulwark.kernel.signing.JoseRefused;
import bulwark.kernel.signing.JsonWebKey;
import bulwark.kernel.signing.JwsAlgorithm;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Verifies proofs of possession (RFC 9449 §4.3). Costs a signature; call on a virtual thread. Thread-safe. */
final class ProofVerifier {
    private static final String TYPE = "dpop+jwt";
    private static final int MAX_PROOF = 8_192;
    private static final int MAX_ID = 256;

    private final ProofPolicy policy;
    private final ProofReplayStore replays;
    private final String origin;
    private final Signing signing;
    private final Clock clock;

    /** @param externalUrl under which clients reach this gateway: a proof for another server is none for us, whatever the Host header says */
    ProofVerifier(ProofPolicy policy, ProofReplayStore replays, String externalUrl, Signing signing, Clock clock) {
        this.policy = policy;
        this.replays = replays;
        this.origin = ProofTarget.parse(externalUrl)
                .orElseThrow(() -> new IllegalArgumentException("the external URL is no URL"))
                .origin();
        this.signing = signing;
        this.clock = clock;
    }

    /**
     * What the proof must belong to.
     *
     * @param path as sent, without the query
     * @param tokenDigest SHA-256 of the access token, base64url
     * @param caller of the token
     * @param thumbprint of the key that the token is bound to; null when it is bound to none
     */
    record Expected(
            String method,
            String path,
            String tokenDigest,
            ProofReplayStore.Caller caller,
            @Nullable String thumbprint) {}

    /** @throws ProofRefused with a phrase when the proof does not hold */
    void verify(String proof, Expected expected) {
        try {
            if (proof.length() > MAX_PROOF) {
                throw new ProofRefused("malformed", "the proof is too long");
            }
            CompactJws jws = CompactJws.parse(proof);
            JsonWebKey key = signed(jws);
            check(jws.claims(), expected);
            if (expected.thumbprint() != null && !equal(expected.thumbprint(), key.thumbprint())) {
                throw new ProofRefused("binding_mismatch", "the key of the proof is not the one of the token");
            }
            remember(expected.caller(), key.thumbprint(), text(jws.claims(), "jti"));
        } catch (JoseRefused e) {
            throw switch (e.reason()) {
                case PRIVATE_KEY -> new ProofRefused("private_key", "the jwk holds private key material");
                case ALGORITHM -> new ProofRefused("algorithm", "the algorithm of the proof is not allowed");
                default -> new ProofRefused("malformed", "the proof is not usable: " + e.getMessage());
            };
        }
    }

    private JsonWebKey signed(CompactJws jws) {
        if (!TYPE.equals(jws.text("typ"))) {
            throw new ProofRefused("malformed", "the typ of the proof is not " + TYPE);
        }
        JwsAlgorithm algorithm = jws.algorithm();
        JsonNode jwk = jws.header().get("jwk");
        if (jwk == null) {
            throw new ProofRefused("malformed", "the proof has no jwk");
        }
        JsonWebKey key = JsonWebKey.parse(jwk, signing);
        if (!key.verify(algorithm, jws.signingInput(), jws.signature())) {
            throw new ProofRefused("signature", "the signature of the proof is invalid");
        }
        return key;
    }

    private void check(JsonNode claims, Expected expected) {
        if (!expected.method().equals(text(claims, "htm"))) {
            throw new ProofRefused("htm_mismatch", "htm mismatch");
        }
        Optional<ProofTarget> target = ProofTarget.parse(String.valueOf(text(claims, "htu")));
        if (!target.equals(Optional.of(new ProofTarget(origin, expected.path())))) {
            throw new ProofRefused("htu_mismatch", "htu mismatch");
        }
        JsonNode issued = claims.path("iat");
        if (!issued.isNumber()) {
            throw new ProofRefused("malformed", "the proof has no iat");
        }
        Instant now = clock.instant();
        double seconds = issued.doubleValue();
        if (seconds < now.minus(policy.maxAge()).getEpochSecond()) {
            throw new ProofRefused("too_old", "iat is too old");
        }
        if (seconds > now.plus(policy.skew()).getEpochSecond()) {
            throw new ProofRefused("in_future", "iat is in the future");
        }
        String digest = text(claims, "ath");
        if (digest == null) {
            throw new ProofRefused("ath_missing", "missing 'ath' claim");
        }
        if (!equal(digest, expected.tokenDigest())) {
            throw new ProofRefused("ath_mismatch", "ath mismatch");
        }
    }

    private void remember(ProofReplayStore.Caller caller, String thumbprint, @Nullable String id) {
        if (id == null || id.isEmpty() || id.length() > MAX_ID) {
            throw new ProofRefused("malformed", "the proof has no usable jti");
        }
        switch (replays.remember(caller, thumbprint + ":" + id, clock.instant().plus(policy.remembered()))) {
            case FIRST -> {}
            case SEEN -> throw new ProofRefused("replay", "replay detected");
            case SHARE_USED_UP ->
                throw new ProofRefused(ProofRefused.SHARE_USED_UP, "too many proofs of this caller are remembered");
            case UNKNOWN -> throw new ProofRefused(ProofRefused.STORE_FULL, "the proof cannot be remembered now");
        }
    }

    private static @Nullable String text(JsonNode claims, String name) {
        JsonNode value = claims.get(name);
        return value != null && value.isString() ? value.stringValue() : null;
    }

    private static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
