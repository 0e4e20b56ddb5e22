package bulwark.kernel.storage;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Prepared statements are cached by their text and belong to the transaction: do not close them, do not keep them, and read one
 * result set to its end before the same text runs again. Keep the number of different texts bounded. Generated keys are off:
 * use {@code RETURNING}.
 */
public interface ReadTx {
    PreparedStatement statement(String sql) throws SQLException;

    /** {@link System#nanoTime()} of a moment at or before the one whose state this transaction sees. Without a snapshot of its own it is now. */
    default long began() {
        return System.nanoTime();
    }
}
