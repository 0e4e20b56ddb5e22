package bulwark.tasks.signing;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The key ring of one moment: every key, whatever its algorithm, with its rule. Immutable.
 *
 * @param ring by id; two keys of one id differ in their algorithm
 * @param signers by what they sign
 * @param unsignedBecause what is missing for each purpose that has no signer, when there are keys
 * @param describe algorithms, ids and warnings, a line each
 */
record EnvelopeKeys(
        Map<String, List<EnvelopeKey>> ring,
        Map<KeyPurpose, Signer> signers,
        Map<KeyPurpose, String> unsignedBecause,
        List<String> describe) {
    static final String HMAC = "hmac-sha256";
    static final String ED25519 = "ed25519";

    /** @param sign canonical bytes to signature bytes */
    record Signer(String algorithm, String keyId, KeyRule rule, UnaryOperator<byte[]> sign) {}

    EnvelopeKeys {
        ring = Map.copyOf(ring);
        signers = Map.copyOf(signers);
        unsignedBecause = Map.copyOf(unsignedBecause);
    }

    boolean canVerify() {
        return !ring.isEmpty();
    }

    /** Null when there is none now. */
    @Nullable
    Signer signer(KeyPurpose purpose, Instant now) {
        Signer signer = signers.get(purpose);
        return signer == null || signer.rule().refusal(signer.keyId(), purpose, now) != null ? null : signer;
    }

    /** Why {@link #signer} is null; null when there are no keys, and so no doubt about what is meant. */
    @Nullable
    String unsignedBecause(KeyPurpose purpose, Instant now) {
        Signer signer = signers.get(purpose);
        return signer == null ? unsignedBecause.get(purpose) : signer.rule().refusal(signer.keyId(), purpose, now);
    }

    /** Why no key of this id may be used; null when one may. @param shown the id as sentences may hold it */
    @Nullable
    String refusal(String keyId, String shown, KeyPurpose purpose, Instant now) {
        String refusal = "unknown signing key \"" + shown + "\"";
        for (EnvelopeKey key : ring.getOrDefault(keyId, List.of())) {
            refusal = key.rule().refusal(shown, purpose, now);
            if (refusal == null) {
                return null;
            }
        }
        return refusal;
    }

    /** The algorithm of the key of this id that made the signature and may do so; null when none did. */
    @Nullable
    String verify(String keyId, KeyPurpose purpose, Instant now, byte[] canonical, byte[] signature) {
        for (EnvelopeKey key : ring.getOrDefault(keyId, List.of())) {
            if (key.rule().refusal(keyId, purpose, now) == null && key.check().test(canonical, signature)) {
                return key.algorithm();
            }
        }
        return null;
    }
}
