package bulwark.kernel.evidence.log;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.SubjectPublicKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A payload in Rekor's form: type {@code rekord} 0.0.1 with the content inline, because a plain Ed25519 signature is over the content and
 * cannot be verified from its hash (which is all that {@code hashedrekord} carries).
 */
record RekorEntry(String leafHash, byte[] publicKey, byte[] signature, byte[] content) {
    static RekorEntry of(LogLeaf leaf, Ed25519Signer signer) {
        byte[] content = CanonicalJson.bytes(leaf.payload());
        return new RekorEntry(Digests.sha256Hex(content), signer.publicKey(), signer.sign(content), content);
    }

    byte[] request() {
        Map<String, Object> key = Map.of("content", base64(pem(publicKey).getBytes(StandardCharsets.US_ASCII)));
        Map<String, Object> signed = new LinkedHashMap<>();
        signed.put("format", "x509");
        signed.put("content", base64(signature));
        signed.put("publicKey", key);
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("signature", signed);
        spec.put("data", Map.of("content", base64(content)));
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("apiVersion", "0.0.1");
        entry.put("kind", "rekord");
        entry.put("spec", spec);
        return StrictJson.write(entry);
    }

    /** Whether the body that the service keeps (base64 of canonical JSON) is this entry. */
    boolean isIn(String body) {
        try {
            JsonNode kept = StrictJson.parse(Base64.getDecoder().decode(body));
            JsonNode spec = kept.path("spec");
            JsonNode hash = spec.path("data").path("hash");
            return "rekord".equals(text(kept, "kind"))
                    && "sha256".equals(text(hash, "algorithm"))
                    && leafHash.equals(text(hash, "value"))
                    && base64(signature).equals(text(spec.path("signature"), "content"))
                    && sameKey(text(spec.path("signature").path("publicKey"), "content"));
        } catch (StrictJson.JsonRefused | IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Whether the body that the service keeps is an entry of a payload with this hash, under whatever key. */
    static boolean isOf(String body, String leafHash) {
        try {
            JsonNode kept = StrictJson.parse(Base64.getDecoder().decode(body));
            JsonNode hash = kept.path("spec").path("data").path("hash");
            return "rekord".equals(text(kept, "kind"))
                    && "sha256".equals(text(hash, "algorithm"))
                    && leafHash.equals(text(hash, "value"));
        } catch (StrictJson.JsonRefused | IllegalArgumentException malformed) {
            return false;
        }
    }

    private boolean sameKey(String base64Pem) {
        String pem = new String(Base64.getDecoder().decode(base64Pem), StandardCharsets.US_ASCII);
        String body = pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----", "").replaceAll("\\s", "");
        return Arrays.equals(Base64.getDecoder().decode(body), SubjectPublicKey.ed25519Der(publicKey));
    }

    private static String text(JsonNode object, String name) {
        JsonNode member = object.path(name);
        return member.isString() ? member.stringValue() : "";
    }

    static String pem(byte[] raw) {
        return "-----BEGIN PUBLIC KEY-----\n" + base64(SubjectPublicKey.ed25519Der(raw))
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
