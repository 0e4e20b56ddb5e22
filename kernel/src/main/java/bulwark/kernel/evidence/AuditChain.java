package bulwark.kernel.evidence;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The end of one audit table, kept in memory. Appending belongs to the store's writer thread. */
final class AuditChain {
    private final String insert;
    private final String selectHead;
    private final Runnable forget = () -> head = null;
    // Ids name rows and guard nothing: a fast generator, seeded once from the system's.
    private final SplittableRandom ids = new SplittableRandom(new SecureRandom().nextLong());
    private AuditLog.@Nullable Head head;

    AuditChain(String table) {
        insert = "INSERT INTO " + table + " (seq, id, event_type, entity_uri, fact_id, source, ts, tenant_id, detail,"
                + " prev_hash, row_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        selectHead = "SELECT seq, row_hash FROM " + table + " ORDER BY seq DESC LIMIT 1";
    }

    AuditRow append(WriteTx tx, AuditDraft draft) throws SQLException {
        AuditLog.Head end = head;
        if (end == null) {
            end = storedHead(tx).orElse(new AuditLog.Head(0, ""));
        }
        String previousHash = end.seq() == 0 ? null : end.rowHash();
        AuditRow row = AuditRow.linked(end.seq() + 1, newId(), draft, previousHash);
        PreparedStatement statement = tx.statement(insert);
        statement.setLong(1, row.seq());
        statement.setString(2, row.id());
        statement.setString(3, row.type());
        statement.setString(4, row.principal());
        statement.setString(5, row.subject());
        statement.setString(6, row.source());
        statement.setString(7, row.ts());
        statement.setString(8, row.tenant());
        statement.setString(9, row.detail());
        statement.setString(10, row.previousHash());
        statement.setString(11, row.rowHash());
        tx.onRollback(forget);
        statement.executeUpdate();
        head = new AuditLog.Head(row.seq(), row.rowHash());
        return row;
    }

    Optional<AuditLog.Head> storedHead(ReadTx tx) throws SQLException {
        try (ResultSet end = tx.statement(selectHead).executeQuery()) {
            return end.next() ? Optional.of(new AuditLog.Head(end.getLong(1), end.getString(2))) : Optional.empty();
        }
    }

    /** RFC 9562 version 4. */
    private String newId() {
        long high = ids.nextLong() & ~0xf000L | 0x4000L;
        long low = ids.nextLong() >>> 2 | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
