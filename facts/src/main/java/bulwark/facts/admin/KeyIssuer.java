package bulwark.facts.admin;

import bulwark.facts.AccessTables;
import bulwark.facts.FactsAuditEvents;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.ApiKeys.KeyRecord;
import bulwark.kernel.access.ApiKeys.NewKey;
import bulwark.kernel.access.ApiKeys.Prepared;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.outbox.LogSubmitter;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Registers and revokes keys, each with its audit row in the same transaction; a revocation also stands in the transparency log, so that
 * it is known when the store is lost.
 */
record KeyIssuer(ApiKeys keys, AuditLog audit, Signing signing, LogSubmitter log, Clock clock) {
    private static final String REVOCATION = "api_key_revocation";

    /** 64 hexadecimal characters. */
    SecretBytes fresh() {
        byte[] random = signing.random32().expose(SecretAccess.grant());
        return SecretBytes.ofText(HexFormat.of().formatHex(random));
    }

    KeyRecord register(WriteTx tx, Prepared prepared, NewKey key, String actor) throws SQLException {
        KeyRecord record = keys.insert(tx, prepared, key);
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("action", "api_key_register");
        detail.put("new_key_id", record.id());
        detail.put("target_entity_uri", record.entityUri());
        detail.put("permissions", List.copyOf(record.permissions()));
        detail.put("has_expiry", record.expiresAt() != null);
        if (record.boundTo() != null) {
            detail.put("bound_to", record.boundTo());
        }
        if (!record.scopes().isEmpty()) {
            detail.put("scopes", List.copyOf(record.scopes()));
        }
        audit(tx, FactsAuditEvents.API_KEY_REGISTER.event(actor, record.tenant(), null, null, detail), record.id());
        return record;
    }

    /** False when it is revoked already. */
    boolean revoke(WriteTx tx, KeyRecord key, String actor) throws SQLException {
        if (!keys.revoke(tx, key.id())) {
            return false;
        }
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("action", "api_key_revoke");
        detail.put("key_id", key.id());
        detail.put("target_entity_uri", key.entityUri());
        audit(tx, FactsAuditEvents.API_KEY_REVOKE.event(actor, key.tenant(), null, null, detail), key.id());
        log.enqueue(
                tx,
                REVOCATION + ":" + key.id(),
                Map.of("kind", REVOCATION, "key_id", key.id(), "revoked_at", Timestamps.offset(clock.instant())));
        return true;
    }

    private void audit(WriteTx tx, AuditEvent event, String keyId) throws SQLException {
        audit.guardedRows().append(tx, event, AccessTables.API_KEYS, keyId);
    }
}
