package bulwark.tasks.embedded;

import bulwark.kernel.storage.WriteTx;
import bulwark.tasks.store.EntryId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Gives out entry ids that grow for ever, also when the clock does not, and across restarts: a range is written down before ids of it are given. Belongs to the
 * writer thread.
 */
final class EntryIds {
    private static final long RANGE_MS = 10_000;

    private long last = -1;
    private long end = -1;

    long next(WriteTx tx, long now) throws SQLException {
        if (last < 0) {
            last = stored(tx);
        }
        last = Math.max(last + 1, EntryId.at(now));
        if (last >= end) {
            end = Math.max(last, EntryId.at(now)) + EntryId.at(RANGE_MS);
            PreparedStatement write = tx.statement("INSERT INTO task_counters (name, value) VALUES ('entry_id', ?1)"
                    + " ON CONFLICT (name) DO UPDATE SET value = max(value, ?1)");
            write.setLong(1, end);
            write.executeUpdate();
            tx.onRollback(() -> end = -1);
        }
        return last;
    }

    private static long stored(WriteTx tx) throws SQLException {
        try (ResultSet row = tx.statement("SELECT value FROM task_counters WHERE name = 'entry_id'")
                .executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
