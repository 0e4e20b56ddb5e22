package bulwark.facts.identity;

import bulwark.kernel.secrets.SecretBytes;
import java.util.Optional;

/**
 * What the operator says about this node's identity.
 *
 * @param nodeUrl {@code STIGMEM_NODE_URL}, which is the node's entity URI; a trailing slash is dropped
 * @param nodeSeed text of {@code STIGMEM_NODE_PRIVATE_KEY} (base64url of 32 bytes), or empty
 * @param issuerSeed text of {@code STIGMEM_ISSUER_PRIVATE_KEY}, or empty
 */
public record IdentitySettings(String nodeUrl, Optional<SecretBytes> nodeSeed, Optional<SecretBytes> issuerSeed) {
    public IdentitySettings {
        nodeUrl = nodeUrl.endsWith("/") ? nodeUrl.substring(0, nodeUrl.length() - 1) : nodeUrl;
    }

    Optional<SecretBytes> seed(KeyKind kind) {
        return (kind == KeyKind.NODE ? nodeSeed : issuerSeed).filter(text -> text.length() > 0);
    }
}
