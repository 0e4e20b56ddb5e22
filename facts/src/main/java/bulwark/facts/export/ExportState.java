package bulwark.facts.export;

import bulwark.kernel.evidence.AuditTable;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The store's memory of former exports, which chains them. */
final class ExportState {
    private ExportState() {}

    /** Hash of the last footer of this table. */
    static Optional<String> lastFooter(ReadTx tx, AuditTable table) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT footer_hash FROM audit_exports WHERE table_name = ? ORDER BY id DESC LIMIT 1");
        select.setString(1, table.name());
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
    }

    static void store(WriteTx tx, AuditTable table, ExportFooter footer) throws SQLException {
        PreparedStatement insert =
                tx.statement("INSERT INTO audit_exports (table_name, last_seq, footer_hash, footer) VALUES (?,?,?,?)");
        insert.setString(1, table.name());
        insert.setLong(2, footer.number("last_seq"));
        insert.setString(3, footer.hash());
        insert.setString(4, new String(footer.line(), StandardCharsets.UTF_8));
        insert.executeUpdate();
    }
}
