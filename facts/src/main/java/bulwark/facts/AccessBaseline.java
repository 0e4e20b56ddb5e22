package bulwark.facts;

import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;

/**
 * Stores from before the audit log held digests of access rows get them once, at the first start of this version: of each row that
 * follows from what was audited about it then. The others are left out, are refused from then on, and stand in {@code fsck}.
 */
public final class AccessBaseline {
    private static final String TENANT = "default";
    private static final String OF_ACTION = "SELECT 1 FROM fact_audit_log l WHERE l.tenant_id = '" + TENANT
            + "' AND l.event_type = 'admin_action' AND json_extract(l.detail, '$.action')";

    private static final String KEY = "SELECT 1 FROM api_keys k WHERE k.id = ? AND EXISTS (" + OF_ACTION
            + " = 'api_key_register' AND json_extract(l.detail, '$.new_key_id') = k.id"
            + " AND json_extract(l.detail, '$.target_entity_uri') = k.entity_uri"
            + " AND (SELECT group_concat(value, ',') FROM json_each(l.detail, '$.permissions')) = k.permissions)"
            + " AND (k.revoked_at IS NOT NULL) = EXISTS (" + OF_ACTION
            + " = 'api_key_revoke' AND json_extract(l.detail, '$.key_id') = k.id)";
    private static final String OF_TOKEN = "SELECT 1 FROM fact_audit_log l WHERE l.tenant_id = '" + TENANT
            + "' AND json_extract(l.detail, '$.token_id') = t.token_id AND l.event_type = ";
    private static final String TOKEN = "SELECT 1 FROM capability_tokens t WHERE t.token_id = ? AND EXISTS (" + OF_TOKEN
            + "'capability_token_issue' AND json_extract(l.detail, '$.subject') = t.subject"
            + " AND json_extract(l.detail, '$.verb') = t.verb AND json_extract(l.detail, '$.object') = t.object"
            + " AND json_extract(l.detail, '$.expiry') = t.expiry) AND (t.revoked_at IS NOT NULL) = EXISTS ("
            + OF_TOKEN + "'capability_token_revoke')";
    private static final String GARDEN = "SELECT 1 FROM gardens g WHERE g.id = ? AND EXISTS (" + OF_ACTION
            + " = 'garden_create' AND l.fact_id = g.id AND json_extract(l.detail, '$.scope') = g.scope"
            + " AND json_extract(l.detail, '$.garden') = g.slug) AND (g.deleted_at IS NOT NULL) = EXISTS ("
            + OF_ACTION + " = 'garden_delete' AND l.fact_id = g.id)";
    /** The newest word about a member; a garden's creator is its admin. */
    private static final String MEMBER = "SELECT 1 FROM garden_members m WHERE m.garden_id = ? AND m.entity_uri = ?"
            + " AND m.role = (SELECT CASE json_extract(l.detail, '$.action') WHEN 'garden_create' THEN 'admin'"
            + " WHEN 'garden_member_remove' THEN '' ELSE json_extract(l.detail, '$.role') END FROM fact_audit_log l"
            + " WHERE l.tenant_id = '" + TENANT
            + "' AND l.event_type = 'admin_action' AND l.fact_id = m.garden_id AND ("
            + "(json_extract(l.detail, '$.action') = 'garden_create' AND l.entity_uri = m.entity_uri)"
            + " OR (json_extract(l.detail, '$.action') IN ('garden_member_add', 'garden_member_update',"
            + " 'garden_member_remove') AND json_extract(l.detail, '$.entity_uri') = m.entity_uri))"
            + " ORDER BY l.seq DESC LIMIT 1)";

    /** The newest word about an entity's manifest. */
    private static final String MANIFEST =
            "SELECT 1 FROM federation_manifests m, fact_audit_log l WHERE m.entity_uri = ?"
                    + " AND l.seq = (SELECT max(n.seq) FROM fact_audit_log n WHERE n.tenant_id = '" + TENANT
                    + "' AND n.event_type IN ('manifest_publish', 'key_rotation')"
                    + " AND json_extract(n.detail, '$.entity_uri') = m.entity_uri)"
                    + " AND ((l.event_type = 'manifest_publish' AND json_extract(l.detail, '$.leaf_hash') = m.leaf_hash)"
                    + " OR (l.event_type = 'key_rotation' AND json_extract(l.detail, '$.new_key_id') = m.key_id))";

    private static final String ROTATION =
            "SELECT 1 FROM key_rotations r WHERE r.new_key_id = ? AND EXISTS (SELECT 1 FROM"
                    + " fact_audit_log l WHERE l.tenant_id = '" + TENANT + "' AND l.event_type = 'key_rotation'"
                    + " AND json_extract(l.detail, '$.new_key_id') = r.new_key_id AND json_extract(l.detail, '$.kind') = r.kind"
                    + " AND json_extract(l.detail, '$.old_key_id') = r.old_key_id"
                    + " AND json_extract(l.detail, '$.entity_uri') = r.entity_uri"
                    + " AND json_extract(l.detail, '$.dual_trust_expires_at') = r.dual_trust_expires_at)";
    private static final Map<GuardedTable, String> STATEMENTS = Map.of(
            AccessTables.API_KEYS,
            KEY,
            AccessTables.CAPABILITY_TOKENS,
            TOKEN,
            AccessTables.GARDENS,
            GARDEN,
            AccessTables.GARDEN_MEMBERS,
            MEMBER,
            AccessTables.MANIFESTS,
            MANIFEST,
            AccessTables.KEY_ROTATIONS,
            ROTATION);

    private AccessBaseline() {}

    /** Does nothing to a store that has its digests. */
    public static void write(Store store, AuditLog audit) {
        if (store.read(tx -> audit.guardedRows().lacksBaseline(tx, AccessTables.ALL))) {
            store.write(tx -> audit.guardedRows().baseline(tx, AccessTables.ALL, AccessBaseline::vouches, TENANT));
        }
    }

    private static boolean vouches(ReadTx tx, GuardedTable table, String key) throws SQLException {
        boolean member = table.equals(AccessTables.GARDEN_MEMBERS);
        int blank = key.indexOf(' ');
        PreparedStatement select = tx.statement(Objects.requireNonNull(STATEMENTS.get(table)));
        select.setString(1, member ? key.substring(0, blank) : key);
        if (member) {
            select.setString(2, key.substring(blank + 1));
        }
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }
}
