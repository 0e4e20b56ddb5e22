package bulwark.facts.export;

import bulwark.facts.FactsAuditEvents;
import bulwark.facts.identity.NodeIdentity;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.export.ExportFooter;
import bulwark.kernel.evidence.export.ExportHistory;
import bulwark.kernel.storage.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The node's memory of its exports: a row of {@code audit_exports} and an audit row for each. Thread-safe. */
final class StoredExportHistory implements ExportHistory {
    private final Store store;
    private final AuditLog events;
    private final String nodeUrl;

    StoredExportHistory(Store store, AuditLog events, String nodeUrl) {
        this.store = store;
        this.events = events;
        this.nodeUrl = nodeUrl;
    }

    @Override
    public Optional<String> lastFooter(AuditTable table) {
        return store.read(tx -> {
            PreparedStatement select =
                    tx.statement("SELECT footer_hash FROM audit_exports WHERE table_name = ? ORDER BY id DESC LIMIT 1");
            select.setString(1, table.name());
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        });
    }

    @Override
    public void remember(AuditTable table, ExportFooter footer, Path out) {
        store.write(tx -> {
            PreparedStatement insert = tx.statement(
                    "INSERT INTO audit_exports (table_name, last_seq, footer_hash, footer) VALUES (?,?,?,?)");
            insert.setString(1, table.name());
            insert.setLong(2, footer.number("last_seq"));
            insert.setString(3, footer.hash());
            insert.setString(4, new String(footer.line(), StandardCharsets.UTF_8));
            insert.executeUpdate();
            return events.append(tx, event(footer, out));
        });
    }

    private AuditEvent event(ExportFooter footer, Path out) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("action", "audit_export");
        detail.put("table", footer.text("table"));
        detail.put("rows", footer.number("rows"));
        detail.put("last_seq", footer.number("last_seq"));
        detail.put("footer_hash", footer.hash());
        detail.put("file", String.valueOf(out.getFileName()));
        return FactsAuditEvents.AUDIT_EXPORT.event(nodeUrl, NodeIdentity.TENANT, null, null, detail);
    }
}
