package bulwark.kernel.evidence.heads;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Rows of a store that say which leaf stands where in the local transparency log.
 *
 * @param table its name
 * @param index column with the position in the log
 * @param leafHash column with the hash of the leaf there
 * @param condition SQL that selects the rows about the local log
 */
public record LogClaims(String table, String index, String leafHash, String condition) {
    public record Claim(LogClaims from, long logIndex, String leaf) {
        String sentence() {
            return from.table + ": the store says that leaf " + leaf + " stands at index " + logIndex
                    + " of the transparency log, and it does not";
        }
    }

    void collect(ReadTx tx, List<Claim> into) throws SQLException {
        String sql = "SELECT " + index + ", " + leafHash + " FROM " + table + " WHERE " + condition;
        try (ResultSet row = tx.statement(sql).executeQuery()) {
            while (row.next()) {
                into.add(new Claim(this, row.getLong(1), row.getString(2)));
            }
        }
    }

    /** The owner accepted that the log lost this leaf: the store says so no more. */
    public void forget(WriteTx tx, Claim claim) throws SQLException {
        PreparedStatement delete = tx.statement(
                "DELETE FROM " + table + " WHERE " + index + " = ? AND " + leafHash + " = ? AND (" + condition + ")");
        delete.setLong(1, claim.logIndex);
        delete.setString(2, claim.leaf);
        delete.executeUpdate();
    }
}
