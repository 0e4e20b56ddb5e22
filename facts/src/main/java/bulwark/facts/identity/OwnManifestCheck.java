package bulwark.facts.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.keys.KeyStatus;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.Signing;
import java.util.Arrays;
import java.util.List;

/**
 * Judges a manifest of this node that was read from the store, before it is served, signed over or believed. The store may have been written by
 * somebody who holds no key; the ring beside it decides. Pure.
 */
final class OwnManifestCheck {
    private final Signing signing;

    OwnManifestCheck(Signing signing) {
        this.signing = signing;
    }

    /**
     * A key that is only announced may have signed: a rotation stores its manifest before it promotes the key.
     *
     * @param ring the ring of the kind of key that must have signed it
     * @param entities what this node publishes; a manifest may name fewer after the node URL changed, never others
     * @throws KeyRefused when it was not signed, with all its members, by a key of the ring
     */
    void check(Manifest manifest, KeyRing ring, List<String> entities) {
        try {
            ManifestRules.check(manifest, null, signing);
        } catch (ManifestRefused e) {
            throw refused(manifest, String.valueOf(e.getMessage()));
        }
        KeyEntry entry = ring.byId(manifest.keyId())
                .filter(known -> Base64Url.exactly(32, manifest.publicKey())
                        .filter(key -> Arrays.equals(key, known.publicKey()))
                        .isPresent())
                .orElseThrow(() -> refused(manifest, "the key ring does not hold its key " + manifest.keyId()));
        if (entry.status() == KeyStatus.DISTRUSTED) {
            throw refused(manifest, "its key " + manifest.keyId() + " is distrusted");
        }
        if (!entities.containsAll(manifest.entities())) {
            throw refused(manifest, "it names entities that this node does not speak for: " + manifest.entities());
        }
    }

    private static KeyRefused refused(Manifest manifest, String reason) {
        return refused(manifest.entityUri(), reason);
    }

    /** Also for a stored manifest that cannot even be read. */
    static KeyRefused refused(String entityUri, String reason) {
        return new KeyRefused(
                "The manifest of " + entityUri + " in the store is not this node's own: "
                        + reason
                        + ". The store was changed by something else than this node, or it does not belong to this key ring."
                        + " Restore the store and its key ring directory from one backup; stigmem fsck shows what else differs.");
    }
}
