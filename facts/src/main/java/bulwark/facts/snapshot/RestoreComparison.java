package bulwark.facts.snapshot;

import bulwark.facts.AccessTables;
import bulwark.facts.snapshot.RestorePlan.Revived;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares a snapshot with the store that it would replace. A revocation counts when either the row or the audit log has it. For one thread. */
final class RestoreComparison {
    private static final List<String> AUDIT_TABLES = List.of("fact_audit_log", "federation_audit");

    private final ReadTx snapshot;
    private final ReadTx present;
    private final List<Revived> revived;
    private final List<String> lostAccess = new ArrayList<>();
    private boolean otherHistory;

    private RestoreComparison(ReadTx snapshot, ReadTx present, List<Revived> known) {
        this.snapshot = snapshot;
        this.present = present;
        this.revived = new ArrayList<>(known);
    }

    /** @param known revocations that the transparency log holds */
    static RestorePlan of(ReadTx snapshot, ReadTx present, List<Revived> known) throws SQLException {
        RestoreComparison comparison = new RestoreComparison(snapshot, present, known);
        long facts = comparison.lost("fact_chain", "chain_seq", "chain_hash");
        long audit = 0;
        for (String table : AUDIT_TABLES) {
            audit += comparison.lost(table, "seq", "row_hash");
        }
        comparison.keys();
        comparison.tokens();
        comparison.gardens();
        comparison.members();
        comparison.lostKeys();
        return new RestorePlan(
                facts,
                audit,
                List.copyOf(comparison.lostAccess),
                List.copyOf(comparison.revived),
                comparison.otherHistory,
                null);
    }

    private long lost(String table, String position, String hash) throws SQLException {
        String head = "SELECT " + position + ", " + hash + " FROM " + table + " ORDER BY " + position + " DESC LIMIT 1";
        long at = 0;
        String expected = null;
        try (ResultSet row = snapshot.statement(head).executeQuery()) {
            if (row.next()) {
                at = row.getLong(1);
                expected = row.getString(2);
            }
        }
        long end = 0;
        try (ResultSet row = present.statement(head).executeQuery()) {
            end = row.next() ? row.getLong(1) : 0;
        }
        if (expected != null && end >= at) {
            PreparedStatement select =
                    present.statement("SELECT " + hash + " FROM " + table + " WHERE " + position + " = ?");
            select.setLong(1, at);
            try (ResultSet row = select.executeQuery()) {
                otherHistory |= !row.next() || !expected.equals(row.getString(1));
            }
        }
        return Math.max(0, end - at);
    }

    private void keys() throws SQLException {
        Map<String, String> revoked =
                pairs(present, "SELECT id, revoked_at FROM api_keys WHERE revoked_at IS NOT NULL");
        pairs(
                        present,
                        "SELECT json_extract(detail, '$.key_id'), ts FROM fact_audit_log WHERE event_type = 'admin_action'"
                                + " AND json_extract(detail, '$.action') = 'api_key_revoke'")
                .forEach(revoked::putIfAbsent);
        Map<String, String> alive = pairs(snapshot, "SELECT id, entity_uri FROM api_keys WHERE revoked_at IS NULL");
        revoked.forEach((id, at) -> {
            if (alive.containsKey(id)) {
                add(
                        AccessTables.API_KEYS,
                        List.of(id),
                        "API key " + id + " of " + alive.get(id) + ", revoked at " + at,
                        Map.of("revoked_at", at));
            }
        });
    }

    private void tokens() throws SQLException {
        Set<String> alive = pairs(snapshot, "SELECT token_id, subject FROM capability_tokens WHERE revoked_at IS NULL")
                .keySet();
        try (ResultSet rows = present.statement("SELECT token_id, revoked_at, revoked_by, revoke_reason, subject FROM"
                        + " capability_tokens WHERE revoked_at IS NOT NULL")
                .executeQuery()) {
            while (rows.next()) {
                String id = rows.getString(1);
                if (alive.contains(id)) {
                    Map<String, String> columns = new LinkedHashMap<>();
                    columns.put("revoked_at", rows.getString(2));
                    columns.put("revoked_by", text(rows.getString(3)));
                    columns.put("revoke_reason", text(rows.getString(4)));
                    add(
                            AccessTables.CAPABILITY_TOKENS,
                            List.of(id),
                            "capability token " + id + " of " + rows.getString(5) + ", revoked at " + rows.getString(2),
                            columns);
                }
            }
        }
    }

    private void gardens() throws SQLException {
        Map<String, String> alive = pairs(snapshot, "SELECT id, slug FROM gardens WHERE deleted_at IS NULL");
        pairs(present, "SELECT id, deleted_at FROM gardens WHERE deleted_at IS NOT NULL")
                .forEach((id, at) -> {
                    if (alive.containsKey(id)) {
                        add(
                                AccessTables.GARDENS,
                                List.of(id),
                                "garden " + alive.get(id) + ", deleted at " + at,
                                Map.of("deleted_at", at));
                    }
                });
    }

    private void members() throws SQLException {
        String all = "SELECT garden_id || ' ' || entity_uri, role FROM garden_members";
        Set<String> gardens = pairs(present, "SELECT id, slug FROM gardens").keySet();
        Map<String, String> now = pairs(present, all);
        Map<String, String> then = pairs(snapshot, all);
        then.forEach((name, role) -> {
            String garden = name.substring(0, name.indexOf(' '));
            String entity = name.substring(name.indexOf(' ') + 1);
            String current = now.get(name);
            if (gardens.contains(garden) && !role.equals(current)) {
                add(
                        AccessTables.GARDEN_MEMBERS,
                        List.of(garden, entity),
                        entity + " as " + role + " of garden " + garden
                                + (current == null ? ", removed since" : ", now " + current),
                        current == null ? Map.of() : Map.of("role", current));
            }
        });
        now.forEach((name, role) -> {
            if (!then.containsKey(name)) {
                lostAccess.add("member " + name.substring(name.indexOf(' ') + 1) + " of garden "
                        + name.substring(0, name.indexOf(' ')));
            }
        });
    }

    private void lostKeys() throws SQLException {
        Set<String> then =
                pairs(snapshot, "SELECT id, entity_uri FROM api_keys").keySet();
        pairs(present, "SELECT id, entity_uri FROM api_keys WHERE revoked_at IS NULL")
                .forEach((id, entity) -> {
                    if (!then.contains(id)) {
                        lostAccess.add("API key " + id + " of " + entity);
                    }
                });
    }

    private void add(GuardedTable table, List<String> key, String sentence, Map<String, String> columns) {
        boolean known = revived.stream()
                .anyMatch(each -> each.table().equals(table) && each.key().equals(key));
        if (!known) {
            revived.add(new Revived(table, key, sentence, columns));
        }
    }

    private static Map<String, String> pairs(ReadTx tx, String sql) throws SQLException {
        Map<String, String> pairs = new LinkedHashMap<>();
        try (ResultSet rows = tx.statement(sql).executeQuery()) {
            while (rows.next()) {
                pairs.put(text(rows.getString(1)), text(rows.getString(2)));
            }
        }
        return pairs;
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Ids of API keys that a snapshot holds alive, each with its entity. */
    static Map<String, String> aliveKeys(ReadTx snapshot) throws SQLException {
        return pairs(snapshot, "SELECT id, entity_uri FROM api_keys WHERE revoked_at IS NULL");
    }

    /** Ids of tokens that a snapshot holds alive. */
    static Map<String, String> aliveTokens(ReadTx snapshot) throws SQLException {
        return pairs(snapshot, "SELECT token_id, subject FROM capability_tokens WHERE revoked_at IS NULL");
    }
}
