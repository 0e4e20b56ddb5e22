package bulwark.facts.identity;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.UNAVAILABLE;

import bulwark.facts.FactsAuditEvents;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The owner's part of the log key's life: it is replaced, or trusted no more, while the node runs, and the audit log says so. It has no
 * dual trust for heads: the old key signs its last leaf when it introduces the new one. Thread-safe.
 */
public final class LogKeyRotation {
    /** The kind on the command line and in answers. */
    public static final String KIND = "log";

    private final NodeIdentity identity;
    private final HeadSigner heads;
    private final KeyDistrust distrust;

    public LogKeyRotation(NodeIdentity identity, HeadSigner heads) {
        this.identity = identity;
        this.heads = heads;
        this.distrust = new KeyDistrust(identity);
    }

    List<KeyEntry> entries() {
        return heads.keys().entries();
    }

    boolean holds(String keyId) {
        return entries().stream().anyMatch(entry -> entry.id().equals(keyId));
    }

    /**
     * @param dryRun only asks whether the log could be written
     * @return members of the owner route's answer; {@code new_key_id} is null after a dry run
     * @throws ApiRefusal when the store was changed or the log cannot be written; nothing has changed then
     */
    Map<String, @Nullable Object> rotate(boolean dryRun) {
        String old = heads.keys().current().id();
        try {
            if (dryRun) {
                identity.submitter().log().ping();
                return answer(true, old, null);
            }
            HeadSigner.RotatedKey rotated = heads.rotateKey();
            identity.submitter().resealOpenRows();
            audit(rotated);
            return answer(false, rotated.oldKeyId(), rotated.newKeyId());
        } catch (KeyRefused e) {
            throw refused(e);
        } catch (LogUnavailable e) {
            throw new ApiRefusal(UNAVAILABLE, "log_unavailable", "transparency log unavailable: " + e.getMessage());
        }
    }

    private Map<String, @Nullable Object> answer(boolean dryRun, String old, @Nullable String next) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("kind", KIND);
        members.put("dry_run", dryRun);
        members.put("old_key_id", old);
        members.put("new_key_id", next);
        members.put("tl_backend", identity.submitter().log().backend());
        return members;
    }

    private void audit(HeadSigner.RotatedKey rotated) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("kind", KIND);
        detail.put("entity_uri", identity.nodeUrl());
        detail.put("old_key_id", rotated.oldKeyId());
        detail.put("new_key_id", rotated.newKeyId());
        detail.put("dual_trust_expires_at", Timestamps.zulu(identity.clock().instant()));
        identity.store()
                .write(tx -> identity.audit()
                        .append(
                                tx,
                                FactsAuditEvents.KEY_ROTATION.event(
                                        identity.nodeUrl(), NodeIdentity.TENANT, null, null, detail)));
    }

    /**
     * The log says it twice: in a leaf of the store under the new log key, and under the node key, which others know.
     *
     * @throws ApiRefusal for the key that signs, for the reason, and when the key is distrusted and the log does not know yet
     */
    void distrust(String keyId, String reason) {
        KeyDistrust.requireReason(reason);
        if (heads.keys().current().id().equals(keyId)) {
            throw new ApiRefusal(
                    CONFLICT,
                    "key_in_use",
                    "key " + keyId + " is the log key that signs now; run: stigmem identity rotate-key --kind log, then"
                            + " distrust it");
        }
        LogUnavailable untold = null;
        try {
            heads.distrustKey(keyId, reason);
        } catch (KeyRefused e) {
            throw refused(e);
        } catch (LogUnavailable e) {
            untold = e;
        }
        distrust.record(KIND, identity.nodeUrl(), identity.keys().node().signer(), keyId, reason);
        if (untold != null) {
            throw new ApiRefusal(
                    UNAVAILABLE,
                    "log_unavailable",
                    "the log key " + keyId + " is distrusted, and the transparency log could not be told: "
                            + untold.getMessage() + "; run the command again when it is reachable");
        }
    }

    private static ApiRefusal refused(KeyRefused e) {
        return new ApiRefusal(CONFLICT, "key_unusable", String.valueOf(e.getMessage()));
    }
}
