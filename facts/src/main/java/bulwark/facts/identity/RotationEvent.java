package bulwark.facts.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.Timestamps;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One step from a key to the next, vouched for by the former. Format: Stigmem spec-10, manifest member
 * {@code rotation_events}.
 *
 * @param newPublicKey base64url
 * @param rotatedAt Zulu form with six digits
 * @param signature base64url, by the previous key, over the first four members
 * @param previousPublicKey base64url, or empty when the event does not carry it
 */
public record RotationEvent(
        String newKeyId,
        String newPublicKey,
        String previousKeyId,
        String rotatedAt,
        String signature,
        String previousPublicKey) {

    static RotationEvent sign(Ed25519Signer previous, byte[] newPublicKey, String newKeyId, Instant at) {
        String publicKey = Base64Url.text(newPublicKey);
        String rotatedAt = Timestamps.zulu(at);
        byte[] signed = signedBytes(newKeyId, publicKey, previous.keyId(), rotatedAt);
        return new RotationEvent(
                newKeyId,
                publicKey,
                previous.keyId(),
                rotatedAt,
                Base64Url.text(previous.sign(signed)),
                Base64Url.text(previous.publicKey()));
    }

    /** Whether the key before this event signed it. */
    boolean signedBy(Signing signing, byte[] previousKey) {
        byte[] signed = signedBytes(newKeyId, newPublicKey, previousKeyId, rotatedAt);
        return Base64Url.exactly(64, signature)
                .map(bytes -> signing.verify(previousKey, signed, bytes))
                .orElse(false);
    }

    Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("new_key_id", newKeyId);
        members.put("new_public_key", newPublicKey);
        members.put("previous_key_id", previousKeyId);
        members.put("rotated_at", rotatedAt);
        members.put("signature", signature);
        if (!previousPublicKey.isEmpty()) {
            members.put("previous_public_key", previousPublicKey);
        }
        return members;
    }

    private static byte[] signedBytes(String newKeyId, String newPublicKey, String previousKeyId, String rotatedAt) {
        return CanonicalJson.bytes(Map.of(
                "new_key_id", newKeyId,
                "new_public_key", newPublicKey,
                "previous_key_id", previousKeyId,
                "rotated_at", rotatedAt));
    }
}
