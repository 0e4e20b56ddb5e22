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

    /** Whether other processes write this store too. */
    default boolean isShared() {
        return false;
    }

    /**
     * Whether somebody must look, in this transaction, for what other processes committed: true once for each asker in each
     * transaction on a store that several processes share, never on one that is this process's alone.
     *
     * @param asker compared by identity
     */
    default boolean mustLookForOthers(Object asker) {
        return false;
    }
}
