package bulwark.seats.watch;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The last successful look of one watcher. Immutable.
 *
 * @param position block of the execution layer, or epoch of the consensus layer
 * @param seats that were looked at
 */
public record Heartbeat(Instant seenAt, long position, long seats) {
    public static final String EXECUTION = "el";
    public static final String CONSENSUS = "cl";

    static void write(WriteTx tx, String watcher, Heartbeat beat) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO watcher_heartbeats (watcher, seen_at, position, seats)"
                + " VALUES (?, ?, ?, ?) ON CONFLICT (watcher) DO UPDATE SET seen_at = excluded.seen_at,"
                + " position = excluded.position, seats = excluded.seats");
        insert.setString(1, watcher);
        insert.setString(2, Timestamps.zulu(beat.seenAt()));
        insert.setLong(3, beat.position());
        insert.setLong(4, beat.seats());
        insert.executeUpdate();
    }

    /** Empty before the first. @param watcher {@link #EXECUTION} or {@link #CONSENSUS} */
    public static Optional<Heartbeat> of(ReadTx tx, String watcher) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT seen_at, position, seats FROM watcher_heartbeats WHERE watcher = ?");
        select.setString(1, watcher);
        try (ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.of(new Heartbeat(
                            Timestamps.parse(row.getString(1)).orElseThrow(), row.getLong(2), row.getLong(3)))
                    : Optional.empty();
        }
    }

    public boolean isStale(Instant now, Duration after) {
        return seenAt.plus(after).isBefore(now);
    }
}
