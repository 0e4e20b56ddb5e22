package bulwark.facts.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Ed25519Signer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this node says about its keys at one moment. Immutable: a rotation replaces it whole.
 *
 * @param wire the node manifest as served, with the bound {@code issuer_manifest}
 * @param issuerKeys keys whose capability tokens verify, the current one first
 */
public record PublishedIdentity(
        Manifest node, Manifest issuer, Map<String, @Nullable Object> wire, byte[] body, List<TrustedKey> issuerKeys) {

    static PublishedIdentity of(Manifest node, Manifest issuer, Ed25519Signer nodeKey, List<TrustedKey> issuerKeys) {
        Map<String, @Nullable Object> wire = node.members();
        wire.put("issuer_manifest", bound(issuer, nodeKey));
        return new PublishedIdentity(node, issuer, wire, StrictJson.write(wire), List.copyOf(issuerKeys));
    }

    /** The issuer's complete manifest, and beside its own signature one by the node's key over all of it. */
    private static Map<String, @Nullable Object> bound(Manifest issuer, Ed25519Signer nodeKey) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>(issuer.members());
        members.put("node_signature", Base64Url.text(nodeKey.sign(CanonicalJson.bytes(issuer.members()))));
        return members;
    }
}
