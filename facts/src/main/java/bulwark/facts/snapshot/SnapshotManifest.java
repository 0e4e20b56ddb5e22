package bulwark.facts.snapshot;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SignedTime;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot says about itself, signed. Immutable. Format: Stigmem snapshot version 1; the heads of the fact chain, the
 * audit tables and the transparency log are further signed members. The signed bytes are sorted, compact, ASCII-escaped JSON
 * without {@code signature}.
 */
public final class SnapshotManifest {
    private final Map<String, @Nullable Object> members;

    private SnapshotManifest(Map<String, @Nullable Object> members) {
        this.members = members;
    }

    static SnapshotManifest sign(
            String createdAt,
            String nodeId,
            Map<String, String> artifacts,
            Map<String, @Nullable Object> heads,
            Ed25519Signer key) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>(heads);
        members.put("version", 1L);
        members.put("created_at", createdAt);
        members.put("node_id", nodeId);
        members.put("signer_pubkey", Base64Url.text(key.publicKey()));
        members.put("artifacts", artifacts);
        SnapshotManifest unsigned = new SnapshotManifest(members);
        members.put("signature", Base64Url.text(key.sign(unsigned.signedBytes())));
        return unsigned;
    }

    /** @throws SnapshotRefused */
    static SnapshotManifest parse(byte[] json) {
        try {
            SnapshotManifest manifest = new SnapshotManifest(PlainJson.object(StrictJson.parse(json)));
            if (!Long.valueOf(1).equals(manifest.members.get("version"))) {
                throw new SnapshotRefused("The snapshot's manifest is not of version 1.");
            }
            return manifest;
        } catch (StrictJson.JsonRefused | IllegalArgumentException e) {
            throw new SnapshotRefused("The snapshot's manifest is not a JSON object.");
        }
    }

    /** Whether the key that it declares itself signed it; says nothing about whether that key is to be trusted. */
    boolean signedByItsKey(Signing signing) {
        Optional<byte[]> key = Base64Url.exactly(32, signer());
        Optional<byte[]> signature = Base64Url.exactly(64, text("signature"));
        return key.isPresent() && signature.isPresent() && signing.verify(key.get(), signedBytes(), signature.get());
    }

    /** Public key of the signer, base64url. */
    public String signer() {
        return text("signer_pubkey");
    }

    public String nodeId() {
        return text("node_id");
    }

    public String createdAt() {
        return text("created_at");
    }

    /** {@link #createdAt()} as an instant; the end of time when it names none. */
    Instant signedAt() {
        return SignedTime.parse(createdAt());
    }

    /** {@code sha256:<hex>} of an artifact, or empty. */
    Optional<String> digest(String artifact) {
        return members.get("artifacts") instanceof Map<?, ?> artifacts
                        && artifacts.get(artifact) instanceof String digest
                ? Optional.of(digest)
                : Optional.empty();
    }

    byte[] json() {
        return CanonicalJson.bytes(members);
    }

    /** All members, for printing. */
    public Map<String, @Nullable Object> members() {
        return new LinkedHashMap<>(members);
    }

    private String text(String member) {
        return members.get(member) instanceof String text ? text : "";
    }

    private byte[] signedBytes() {
        Map<String, @Nullable Object> unsigned = new LinkedHashMap<>(members);
        unsigned.remove("signature");
        return ascii(CanonicalJson.text(unsigned)).getBytes(StandardCharsets.US_ASCII);
    }

    private static String ascii(String json) {
        StringBuilder out = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c < 0x7f) {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.toString();
    }
}
