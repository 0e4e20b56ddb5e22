package bulwark.kernel.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Notices that somebody changes the schema of a store while this process has it open: tables that were there at the start may mean something else by now. What was noticed once stays
 * so until the end of the process. Thread-safe.
 */
public final class SchemaWatch {
    private final long atStart;
    private final long intervalNanos;
    private volatile long lookedAt = System.nanoTime();
    private volatile boolean changed;

    private SchemaWatch(long atStart, Duration interval) {
        this.atStart = atStart;
        this.intervalNanos = interval.toNanos();
    }

    /**
     * Takes the schema as it is now for the right one.
     *
     * @param interval how old the last look may be: zero for a file, where a look costs nothing; a second for a database, which reads its catalogue for it
     */
    public static SchemaWatch of(ReadableStore store, Duration interval) {
        return new SchemaWatch(store.read(SchemaWatch::version), interval);
    }

    public boolean hasChanged(ReadTx tx) throws SQLException {
        long now = System.nanoTime();
        if (!changed && now - lookedAt >= intervalNanos) {
            changed = version(tx) != atStart;
            lookedAt = now;
        }
        return changed;
    }

    /** SQLite counts each change of a schema in the header of the file; for PostgreSQL it is made a digest of the catalogue. */
    private static long version(ReadTx tx) throws SQLException {
        try (ResultSet row = tx.statement("PRAGMA schema_version").executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
