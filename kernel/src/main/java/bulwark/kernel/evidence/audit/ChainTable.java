package bulwark.kernel.evidence.audit;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.HashChain;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows are numbered from 1 without gaps, each naming the hash of the row before it. Names come from the program, never
 * from input.
 *
 * @param tenant only the rows of this tenant (column {@code tenant_id}), or null for all rows
 */
public record ChainTable(
        String table,
        String sequence,
        String previousHash,
        String hash,
        @Nullable String tenant) implements HashChain {
    private static final Pattern NAME = Pattern.compile("[a-z_]{1,60}");

    public ChainTable {
        for (String name : new String[] {table, sequence, previousHash, hash, tenant == null ? "a" : tenant}) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("not a name in SQL: " + name);
            }
        }
    }

    /** A table of {@link AuditLog}. */
    public static ChainTable audit(AuditTable table) {
        return new ChainTable(table.name(), AuditColumns.SEQ, AuditColumns.PREVIOUS_HASH, AuditColumns.ROW_HASH, null);
    }

    /** The hash of one row. */
    Optional<String> hashAt(ReadTx tx, long seq) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT " + hash + " FROM " + table + " WHERE " + rows() + sequence + " = ?");
        select.setLong(1, seq);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    /** The last row, unchecked. */
    @Override
    public Optional<ChainHead> end(ReadTx tx) throws SQLException {
        String sql = "SELECT " + sequence + ", " + hash + " FROM " + table + " WHERE " + rows() + "1 = 1 ORDER BY "
                + sequence + " DESC LIMIT 1";
        try (ResultSet row = tx.statement(sql).executeQuery()) {
            return row.next() ? Optional.of(new ChainHead(table, row.getLong(1), row.getString(2))) : Optional.empty();
        }
    }

    /** What is wrong with the row that a head names, or null. */
    @Override
    public @Nullable String compare(ReadTx tx, ChainHead head) throws SQLException {
        Optional<String> stored = hashAt(tx, head.seq());
        if (stored.isEmpty()) {
            return table + ": row " + head.seq() + " is missing, the signed head names it; the table ends at row "
                    + end(tx).map(ChainHead::seq).orElse(0L);
        }
        return stored.get().equals(head.hash())
                ? null
                : table + ": row " + head.seq() + " is not the one that the signed head names";
    }

    /**
     * Follows the links from a known row to the end. The contents behind the hashes are not recomputed.
     *
     * @param from where to begin, or null for the first row
     * @param through a row that this process wrote and that the way must pass, or null
     */
    @Override
    public Followed follow(ReadTx tx, @Nullable ChainHead from, @Nullable ChainHead through) throws SQLException {
        String wrong = from == null ? null : compare(tx, from);
        if (wrong == null && through != null && (from == null || through.seq() <= from.seq())) {
            wrong = compare(tx, through);
        }
        if (wrong != null) {
            return new Followed(null, wrong);
        }
        long seq = from == null ? 0 : from.seq();
        String last = from == null ? null : from.hash();
        PreparedStatement select = tx.statement("SELECT " + sequence + ", " + previousHash + ", " + hash + " FROM "
                + table + " WHERE " + rows() + sequence + " > ? ORDER BY " + sequence);
        select.setLong(1, seq);
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                if (row.getLong(1) != seq + 1) {
                    return new Followed(null, table + ": row " + (seq + 1) + " is missing");
                }
                seq++;
                if (!Objects.equals(row.getString(2), last)) {
                    return new Followed(null, table + ": row " + seq + " does not follow the row before it");
                }
                last = row.getString(3);
                if (through != null && through.seq() == seq && !through.hash().equals(last)) {
                    return new Followed(null, table + ": row " + seq + " is not the one that this process wrote");
                }
            }
        }
        if (through != null && through.seq() > seq) {
            return new Followed(
                    null,
                    table + ": rows " + (seq + 1) + " to " + through.seq()
                            + " are missing, and this process wrote them");
        }
        return new Followed(last == null ? null : new ChainHead(table, seq, last), null);
    }

    private String rows() {
        return tenant == null ? "" : "tenant_id = '" + tenant + "' AND ";
    }
}
