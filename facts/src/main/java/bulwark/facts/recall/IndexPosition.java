package bulwark.facts.recall;

import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * Which history an index was made from: the last fact in it, and the chain hash there.
 *
 * @param row 0 when nothing was indexed
 */
record IndexPosition(long row, String factId, String chainHash) {
    static final IndexPosition START = new IndexPosition(0, "", "");

    /** Changes when documents are made differently. */
    private static final String FORMAT = "4";

    private static final String AT = "SELECT f.id, c.chain_hash FROM facts f JOIN fact_chain c"
            + " ON c.tenant_id = f.tenant_id AND c.chain_seq = f.row_id AND c.fact_id = f.id WHERE f.row_id = ?";

    static Optional<IndexPosition> inStore(ReadTx tx, long row) throws SQLException {
        if (row == 0) {
            return Optional.of(START);
        }
        PreparedStatement select = tx.statement(AT);
        select.setLong(1, row);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? Optional.of(new IndexPosition(row, rows.getString(1), rows.getString(2)))
                    : Optional.empty();
        }
    }

    Map<String, String> commitData() {
        return Map.of("format", FORMAT, "row", Long.toString(row), "fact", factId, "chain", chainHash);
    }

    /** Empty when another format or another program wrote it. */
    static Optional<IndexPosition> of(Map<String, String> commitData) {
        String row = commitData.getOrDefault("row", "");
        if (!FORMAT.equals(commitData.get("format")) || !row.matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(new IndexPosition(
                Long.parseLong(row), commitData.getOrDefault("fact", ""), commitData.getOrDefault("chain", "")));
    }
}
