package bulwark.seats.evidence;

import bulwark.kernel.evidence.heads.LogKeys.Signature;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of {@code evidence_bundles}. */
final class EvidenceRows {
    private static final String COLUMNS = "SELECT chain, number, subject, action, bundle_hash, prev_hash, key_id,"
            + " signature, created_at FROM evidence_bundles ";

    private EvidenceRows() {}

    /** One bundle as the store knows it. */
    record Row(
            String chain,
            long number,
            String subject,
            String action,
            String hash,
            String prevHash,
            Signature signature,
            String createdAt) {}

    static Optional<Row> head(ReadTx tx, String chain) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE chain = ? ORDER BY number DESC LIMIT 1");
        select.setString(1, chain);
        return rows(select).stream().findFirst();
    }

    /** In the order of their numbers. */
    static List<Row> all(ReadTx tx, String chain) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE chain = ? ORDER BY number");
        select.setString(1, chain);
        return rows(select);
    }

    static Optional<Row> bySubject(ReadTx tx, String subject) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE subject = ? ORDER BY created_at LIMIT 1");
        select.setString(1, subject);
        return rows(select).stream().findFirst();
    }

    static Optional<Row> byHash(ReadTx tx, String hash) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE bundle_hash = ?");
        select.setString(1, hash);
        return rows(select).stream().findFirst();
    }

    /** Newest first. */
    static List<Row> page(ReadTx tx, long limit, long offset) throws SQLException {
        PreparedStatement select =
                tx.statement(COLUMNS + "ORDER BY created_at DESC, chain, number DESC LIMIT ? OFFSET ?");
        select.setLong(1, limit);
        select.setLong(2, offset);
        return rows(select);
    }

    static void insert(WriteTx tx, EvidenceBundle bundle, String createdAt) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO evidence_bundles (chain, number, subject, action,"
                + " bundle_hash, prev_hash, key_id, signature, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setString(1, bundle.chain());
        insert.setLong(2, bundle.number());
        insert.setString(3, bundle.subject());
        insert.setString(4, bundle.action());
        insert.setString(5, bundle.hash());
        insert.setString(6, bundle.prevHash());
        insert.setString(7, bundle.signature().keyId());
        insert.setString(8, bundle.signature().value());
        insert.setString(9, createdAt);
        insert.executeUpdate();
    }

    private static List<Row> rows(PreparedStatement select) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.add(new Row(
                        row.getString(1),
                        row.getLong(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        new Signature(row.getString(7), row.getString(8)),
                        row.getString(9)));
            }
        }
        return rows;
    }
}
