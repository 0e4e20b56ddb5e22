package bulwark.gateway.identity;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.JoseRefused;
import bulwark.kernel.signing.JsonWebKey;
import bulwark.kernel.signing.Signing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One set of keys by {@code kid} (RFC 7517 §5). Immutable. */
record IssuerKeys(Map<String, VerificationKey> byId) {
    /** Signatures of a set are checked by nobody, so that its size is all that bounds the work. */
    private static final int MAX_KEYS = 64;

    static final IssuerKeys NONE = new IssuerKeys(Map.of());

    IssuerKeys {
        byId = Map.copyOf(byId);
    }

    /**
     * Keys for encryption, of unknown kinds and without {@code kid} are passed over, as RFC 7517 §5 asks.
     *
     * @throws IllegalArgumentException with a sentence when it is no key set, holds one {@code kid} twice, or no key that can be used
     */
    static IssuerKeys parse(byte[] json, Signing signing) {
        JsonNode keys;
        try {
            keys = StrictJson.parse(json).path("keys");
        } catch (StrictJson.JsonRefused e) {
            throw new IllegalArgumentException("the key set is not strict JSON", e);
        }
        if (!keys.isArray() || keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException("the key set has no array \"keys\" of at most " + MAX_KEYS + " keys");
        }
        Map<String, VerificationKey> byId = new HashMap<>();
        for (JsonNode jwk : keys.values()) {
            JsonWebKey key = usable(jwk, signing);
            if (key != null && key.id() != null && byId.put(key.id(), new VerificationKey(key)) != null) {
                throw new IllegalArgumentException("the key set names one kid twice");
            }
        }
        if (byId.isEmpty()) {
            throw new IllegalArgumentException("the key set holds no key for signatures that can be used");
        }
        return new IssuerKeys(byId);
    }

    private static @Nullable JsonWebKey usable(JsonNode jwk, Signing signing) {
        try {
            JsonWebKey key = JsonWebKey.parse(jwk, signing);
            return TokenVerifier.ALGORITHMS.contains(key.algorithm()) ? key : null;
        } catch (JoseRefused e) {
            return null;
        }
    }

    @Nullable
    VerificationKey find(@Nullable String kid) {
        if (kid != null) {
            return byId.get(kid);
        }
        return byId.size() == 1 ? byId.values().iterator().next() : null;
    }

    /** The newer set, where keys that are the same stay the same objects, and those that are gone are withdrawn. */
    IssuerKeys replacedBy(IssuerKeys newer) {
        Map<String, VerificationKey> merged = new HashMap<>();
        Set<VerificationKey> kept = new HashSet<>();
        newer.byId.forEach((kid, key) -> {
            VerificationKey former = byId.get(kid);
            boolean same = former != null
                    && former.key().thumbprint().equals(key.key().thumbprint())
                    && former.key().algorithm() == key.key().algorithm();
            merged.put(kid, same ? former : key);
            kept.add(merged.get(kid));
        });
        byId.values().stream().filter(key -> !kept.contains(key)).forEach(VerificationKey::withdraw);
        return new IssuerKeys(merged);
    }
}
