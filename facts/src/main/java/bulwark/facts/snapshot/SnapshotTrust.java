package bulwark.facts.snapshot;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Whose snapshots are believed. The key that a snapshot declares for itself is never among them by that alone.
 *
 * @param publicKeys base64url, believed whatever the date
 * @param ringKeys keys of a node's ring, each believed for the time in which it signed
 * @param forceUnverified accept a signer that nobody vouches for; the signature must still fit the contents
 */
public record SnapshotTrust(Set<String> publicKeys, List<KeyEntry> ringKeys, boolean forceUnverified) {
    public SnapshotTrust {
        publicKeys = Set.copyOf(publicKeys);
        ringKeys = List.copyOf(ringKeys);
    }

    /** Whether a signature of this key, dated so, counts. @param signer base64url */
    public boolean believes(String signer, Instant signedAt) {
        return publicKeys.contains(signer)
                || ringKeys.stream()
                        .anyMatch(
                                entry -> Base64Url.text(entry.publicKey()).equals(signer) && entry.maySignAt(signedAt));
    }

    public static SnapshotTrust ofKeys(Set<String> publicKeys) {
        return new SnapshotTrust(publicKeys, List.of(), false);
    }

    /** And the keys of this node's own ring, but for distrusted ones. */
    public SnapshotTrust and(KeyRing ring) {
        return new SnapshotTrust(publicKeys, ring.entries(), forceUnverified);
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
        return new SnapshotTrust(keys, List.of(), forceUnverified);
    }

    private static SnapshotRefused notKeys() {
        return new SnapshotRefused(
                "The file of trusted keys must be a JSON array of base64url public keys of 32 bytes.");
    }
}
