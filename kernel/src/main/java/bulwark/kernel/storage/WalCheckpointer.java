package bulwark.kernel.storage;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Carries the write-ahead log into the database file. SQLite's own automatic checkpoint hides the error of a failed sync;
 * this one reports it, and runs after the callers of the batch were answered. Belongs to the writer thread.
 */
final class WalCheckpointer {
    /** Frames of 4 KiB: few enough that the log stays near 16 MiB, many enough that a page written often is carried over once. */
    private static final long DUE = 4_000;

    /** Past this, readers are waited for. */
    private static final long TOO_LONG = 64_000;

    private static final int COMMITS_PER_LOOK = 16;

    private final StatementCache statements;
    private int commitsSinceLook;

    WalCheckpointer(StatementCache statements) {
        this.statements = statements;
    }

    void afterCommit() throws SQLException {
        if (++commitsSinceLook < COMMITS_PER_LOOK) {
            return;
        }
        commitsSinceLook = 0;
        long frames = frames("PRAGMA wal_checkpoint(NOOP)");
        if (frames >= TOO_LONG) {
            frames("PRAGMA wal_checkpoint(RESTART)");
        } else if (frames >= DUE) {
            frames("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    private long frames(String checkpoint) throws SQLException {
        try (ResultSet answer = statements.get(checkpoint).executeQuery()) {
            return answer.next() ? answer.getLong(2) : 0;
        } finally {
            statements.resetQueries();
        }
    }
}
