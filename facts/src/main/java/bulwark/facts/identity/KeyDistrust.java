package bulwark.facts.identity;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.INVALID;
import static bulwark.web.ApiRefusal.Kind.NOT_FOUND;

import bulwark.facts.FactsAuditEvents;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyStatus;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ends all trust in a former node or issuer key at once, for the day on which its seed is in other hands: the ring refuses its signatures whatever
 * date they bear, tokens that it signed verify no more, and the manifest no longer carries it. A kill after the first step loses nothing: the ring decides,
 * and the next start publishes the manifest. Thread-safe.
 */
public final class KeyDistrust {
    private static final int MAX_REASON_LENGTH = 500;

    private final NodeIdentity identity;

    public KeyDistrust(NodeIdentity identity) {
        this.identity = identity;
    }

    /**
     * @param reason what the audit row and the transparency log say, 1 to 500 characters
     * @return the kind of key that it was
     * @throws ApiRefusal for a key of neither ring, for the one that signs, and for the reason
     */
    public KeyKind distrust(String keyId, String reason) {
        requireReason(reason);
        KeyKind kind = kindOf(keyId);
        KeyEntry entry = kind.ring(identity.keys()).byId(keyId).orElseThrow();
        if (entry.status() == KeyStatus.CURRENT || entry.status() == KeyStatus.ANNOUNCED) {
            throw new ApiRefusal(
                    CONFLICT,
                    "key_in_use",
                    "key " + keyId + " is the " + kind.wire()
                            + " key that signs now; run: stigmem identity rotate-key --kind " + kind.wire()
                            + ", then distrust it");
        }
        kind.ring(identity.keys()).distrust(keyId);
        record(
                kind.wire(),
                kind.entity(identity.nodeUrl()),
                kind.ring(identity.keys()).signer(),
                keyId,
                reason);
        identity.renew();
        return kind;
    }

    /**
     * Deletes the seed of a former key, which is trusted no more.
     *
     * @throws ApiRefusal for a key of neither ring, and for one that signs or is trusted still
     */
    KeyKind deleteSeed(String keyId) {
        KeyKind kind = kindOf(keyId);
        try {
            kind.ring(identity.keys()).deleteSeed(keyId);
        } catch (KeyRefused e) {
            throw new ApiRefusal(CONFLICT, "key_in_use", String.valueOf(e.getMessage()));
        }
        return kind;
    }

    static void requireReason(String reason) {
        if (reason.isBlank() || reason.length() > MAX_REASON_LENGTH) {
            throw new ApiRefusal(
                    INVALID, "invalid_reason", "reason must have 1 to " + MAX_REASON_LENGTH + " characters");
        }
    }

    private KeyKind kindOf(String keyId) {
        for (KeyKind kind : KeyKind.values()) {
            if (kind.ring(identity.keys()).byId(keyId).isPresent()) {
                return kind;
            }
        }
        throw new ApiRefusal(
                NOT_FOUND,
                "key_not_found",
                "no key ring holds key " + keyId + "; stigmem identity list-keys shows those that they hold");
    }

    /** Says it in the audit log and, signed by a key that others know, in the transparency log. */
    void record(String kind, String entityUri, Ed25519Signer signer, String keyId, String reason) {
        Map<String, @Nullable Object> statement = new LinkedHashMap<>();
        statement.put("kind", "key_distrust");
        statement.put("key_kind", kind);
        statement.put("key_id", keyId);
        statement.put("entity_uri", entityUri);
        statement.put("distrusted_at", Timestamps.zulu(identity.clock().instant()));
        statement.put("reason", reason);
        statement.put("signed_by", signer.keyId());
        statement.put("signature", Base64Url.text(signer.sign(CanonicalJson.bytes(statement))));
        Map<String, Object> detail =
                Map.of("kind", kind, "key_id", keyId, "reason", reason, "signed_by", signer.keyId());
        identity.store().write(tx -> {
            identity.submitter().enqueue(tx, "distrust:" + keyId, statement);
            return identity.audit()
                    .append(
                            tx,
                            FactsAuditEvents.KEY_DISTRUSTED.event(
                                    identity.nodeUrl(), NodeIdentity.TENANT, null, null, detail));
        });
    }
}
