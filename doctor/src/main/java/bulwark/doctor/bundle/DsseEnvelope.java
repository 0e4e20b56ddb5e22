package bulwark.doctor.bundle;

import bulwark.kernel.evidence.tlog.StrictBase64;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.SubjectPublicKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A payload that one Ed25519 key signed. Source of what is signed: DSSE v1, pre-authentication encoding.
 *
 * @param payloadType media type
 * @param signature 64 bytes
 */
@SuppressWarnings("ArrayRecordComponent")
public record DsseEnvelope(String payloadType, byte[] payload, byte[] signature) {
    public DsseEnvelope {
        payload = payload.clone();
        signature = signature.clone();
    }

    /** A copy. */
    @Override
    public byte[] payload() {
        return payload.clone();
    }

    /** A copy. */
    @Override
    public byte[] signature() {
        return signature.clone();
    }

    public static DsseEnvelope sign(String payloadType, byte[] payload, Ed25519Signer signer) {
        return new DsseEnvelope(payloadType, payload, signer.sign(signed(payloadType, payload)));
    }

    /** The bytes under the signature. */
    public byte[] signed() {
        return signed(payloadType, payload);
    }

    private static byte[] signed(String payloadType, byte[] payload) {
        byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(type);
        bytes.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(payload);
        return bytes.toByteArray();
    }

    /** What names a key in an envelope and a bundle: SHA-256 of its DER, in hex. @param publicKey raw 32 bytes */
    public static String keyId(byte[] publicKey) {
        return Digests.sha256Hex(SubjectPublicKey.ed25519Der(publicKey));
    }

    /** What a log keeps of it: the entry {@code dsse} 0.0.2 of Rekor v2. @param publicKey raw 32 bytes */
    public Map<String, Object> logEntry(byte[] publicKey) {
        Map<String, Object> verifier = new LinkedHashMap<>();
        verifier.put("keyDetails", "PKIX_ED25519");
        verifier.put("publicKey", Map.of("rawBytes", StrictBase64.text(SubjectPublicKey.ed25519Der(publicKey))));
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("algorithm", "SHA2_256");
        entry.put("digest", StrictBase64.text(Digests.sha256(payload)));
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("payloadHash", entry);
        spec.put("signatures", List.of(Map.of("content", StrictBase64.text(signature), "verifier", verifier)));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("apiVersion", PostureBundle.VERSION);
        body.put("kind", PostureBundle.KIND);
        body.put("spec", Map.of("dsseV002", spec));
        return body;
    }

    /** The leaf itself: the canonical JSON of {@link #logEntry}. */
    public byte[] leaf(byte[] publicKey) {
        return CanonicalJson.bytes(logEntry(publicKey));
    }
}
