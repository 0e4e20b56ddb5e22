package bulwark.facts.snapshot;

import bulwark.facts.AccessBaseline;
import bulwark.facts.FactsAuditEvents;
import bulwark.facts.FactsAuditTables;
import bulwark.facts.snapshot.RestorePlan.Revived;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.WriteTx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes into an unpacked snapshot what must survive the restore, and the evidence of the restore itself, before it takes its place. */
final class RestoredStore {
    private static final String TENANT = "default";
    private static final String OWNER = "local:owner";

    private RestoredStore() {}

    static void prepare(
            Path fresh,
            Migrations migrations,
            Clock clock,
            SnapshotManifest manifest,
            RestorePlan plan,
            RestoreAcceptance acceptance)
            throws IOException {
        try (Store store = Store.open(fresh, migrations, SchemaPolicy.CREATE_OR_UPGRADE);
                AuditLog audit = AuditLog.open(store, FactsAuditTables.FACT_AUDIT_LOG, clock)) {
            AccessBaseline.write(store, audit);
            store.write(tx -> {
                if (acceptance.keepRevocations()) {
                    for (Revived each : plan.revived()) {
                        change(tx, each);
                        audit.guardedRows()
                                .append(
                                        tx,
                                        event(
                                                FactsAuditEvents.RESTORE_KEPT_REVOCATION,
                                                Map.of("action", "restore_kept_revocation", "row", each.sentence())),
                                        each.table(),
                                        each.key().toArray(String[]::new));
                    }
                    tx.statement("UPDATE garden_version SET version = version + 1")
                            .executeUpdate();
                }
                return audit.append(tx, event(FactsAuditEvents.SNAPSHOT_RESTORE, detail(manifest, plan, acceptance)));
            });
        }
        Files.deleteIfExists(fresh.resolveSibling(fresh.getFileName() + ".lock"));
    }

    private static void change(WriteTx tx, Revived revived) throws SQLException {
        List<String> columns = List.copyOf(revived.columns().keySet());
        String where = " WHERE " + String.join(" = ? AND ", revived.table().keyColumns()) + " = ?";
        PreparedStatement statement = tx.statement(
                columns.isEmpty()
                        ? "DELETE FROM " + revived.table().name() + where
                        : "UPDATE " + revived.table().name() + " SET " + String.join(" = ?, ", columns) + " = ?"
                                + where);
        int at = 1;
        for (String column : columns) {
            statement.setString(at++, revived.columns().get(column));
        }
        for (String part : revived.key()) {
            statement.setString(at++, part);
        }
        statement.executeUpdate();
    }

    private static Map<String, Object> detail(
            SnapshotManifest manifest, RestorePlan plan, RestoreAcceptance acceptance) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("action", "snapshot_restore");
        detail.put("snapshot_created_at", manifest.createdAt());
        detail.put("signer_pubkey", manifest.signer());
        detail.put("lost_facts", plan.lostFacts());
        detail.put("lost_audit_rows", plan.lostAuditRows());
        detail.put("lost_access", plan.lostAccess());
        detail.put(
                acceptance.keepRevocations() ? "kept_revocations" : "revived",
                plan.revived().stream().map(Revived::sentence).toList());
        return detail;
    }

    private static AuditEvent event(AuditEventType type, Map<String, Object> detail) {
        return type.event(OWNER, TENANT, null, null, detail);
    }
}
