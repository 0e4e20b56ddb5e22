package bulwark.gateway.snapshot;

import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A snapshot with its signature: {@code {"statement", "key", "signature"}}. The signature is Ed25519 over the line {@code bulwark gateway snapshot}, a line feed, and the canonical JSON of
 * the statement. The key that is named is only found by it: what counts are the keys that the gateway was told to trust. Immutable.
 *
 * @param digest SHA-256 of the canonical statement, hex: the same for the same content
 */
public record SignedSnapshot(GatewaySnapshot snapshot, String digest) {
    private static final byte[] PURPOSE = "bulwark gateway snapshot\n".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY_BYTES = 32;

    /** The document. */
    public static byte[] sign(GatewaySnapshot snapshot, Ed25519Signer signer) {
        Map<String, Object> statement = snapshot.members();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("statement", statement);
        document.put("key", Base64Url.text(signer.publicKey()));
        document.put("signature", Base64Url.text(signer.sign(message(CanonicalJson.bytes(statement)))));
        return StrictJson.write(document);
    }

    public static String digest(GatewaySnapshot snapshot) {
        return Digests.sha256Hex(CanonicalJson.bytes(snapshot.members()));
    }

    /**
     * Nothing of the statement is looked at before the signature holds.
     *
     * @param pinned public keys that may sign, base64url
     * @throws RoutesRefused when no such key signed it, or a member is faulty
     */
    public static SignedSnapshot verify(byte[] document, List<String> pinned, Signing signing) {
        JsonNode node;
        try {
            node = StrictJson.parse(document);
        } catch (StrictJson.JsonRefused e) {
            throw refused("is damaged: " + e.getMessage());
        }
        JsonNode statement = node.path("statement");
        JsonNode key = node.path("key");
        JsonNode signature = node.path("signature");
        if (!statement.isObject() || !key.isString() || !signature.isString()) {
            throw refused("is damaged: statement, key or signature is missing");
        }
        if (!pinned.contains(key.stringValue())) {
            throw refused("is signed by a key that STOA_CONTROL_PLANE_KEYS does not name");
        }
        byte[] publicKey = Base64Url.exactly(KEY_BYTES, key.stringValue()).orElseThrow(() -> refused("names no key"));
        byte[] made = Base64Url.bytes(signature.stringValue()).orElse(new byte[0]);
        byte[] canonical = CanonicalJson.bytes(statement);
        if (!signing.verify(publicKey, message(canonical), made)) {
            throw refused("carries a signature that does not verify");
        }
        return new SignedSnapshot(GatewaySnapshot.read(statement), Digests.sha256Hex(canonical));
    }

    private static RoutesRefused refused(String fault) {
        return new RoutesRefused(List.of("The snapshot of the control plane " + fault + "."));
    }

    private static byte[] message(byte[] statement) {
        byte[] message = new byte[PURPOSE.length + statement.length];
        System.arraycopy(PURPOSE, 0, message, 0, PURPOSE.length);
        System.arraycopy(statement, 0, message, PURPOSE.length, statement.length);
        return message;
    }
}
