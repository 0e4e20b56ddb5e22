package bulwark.facts.snapshot;

import bulwark.facts.identity.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.KeyRing;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Whose snapshots are believed. The key that a snapshot declares for itself is never among them by that alone.
 *
 * @param publicKeys base64url
 * @param forceUnverified accept a signer that nobody vouches for; the signature must still fit the contents
 */
public record SnapshotTrust(Set<String> publicKeys, boolean forceUnverified) {
    public SnapshotTrust {
        publicKeys = Set.copyOf(publicKeys);
    }

    public static SnapshotTrust ofKeys(Set<String> publicKeys) {
        return new SnapshotTrust(publicKeys, false);
    }

    /** Every key that this node's own ring ever knew and still lists. */
    public SnapshotTrust and(KeyRing ring) {
        Set<String> keys = new HashSet<>(publicKeys);
        ring.entries().forEach(entry -> keys.add(Base64Url.text(entry.publicKey())));
        return new SnapshotTrust(keys, forceUnverified);
    }

    /** @param json content of a {@code --trusted-keys} file: an array of base64url public keys @throws SnapshotRefused */
    public static SnapshotTrust ofFile(byte[] json, boolean forceUnverified) {
        Set<String> keys = new HashSet<>();
        try {
            JsonNode array = StrictJson.parse(json);
            for (JsonNode item : array.values()) {
                String text = item.stringValue("");
                keys.add(Base64Url.exactly(32, text).map(Base64Url::text).orElseThrow(SnapshotTrust::notKeys));
            }
            if (!array.isArray()) {
                throw notKeys();
            }
        } catch (StrictJson.JsonRefused e) {
            throw notKeys();
        }
        return new SnapshotTrust(keys, forceUnverified);
    }

    private static SnapshotRefused notKeys() {
        return new SnapshotRefused(
                "The file of trusted keys must be a JSON array of base64url public keys of 32 bytes.");
    }
}
