package bulwark.kernel.storage;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Notices that somebody changes the schema of a store while this process has it open: tables that were there at the start may mean something else by now. Thread-safe.
 */
public final class SchemaWatch {
    private final long atStart;

    private SchemaWatch(long atStart) {
        this.atStart = atStart;
    }

    /** Takes the schema as it is now for the right one. */
    public static SchemaWatch of(ReadableStore store) {
        return new SchemaWatch(store.read(SchemaWatch::version));
    }

    /** Cheap enough for every write. */
    public boolean hasChanged(ReadTx tx) throws SQLException {
        return version(tx) != atStart;
    }

    /** SQLite counts each change of a schema in the header of the file. */
    private static long version(ReadTx tx) throws SQLException {
        try (ResultSet row = tx.statement("PRAGMA schema_version").executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
