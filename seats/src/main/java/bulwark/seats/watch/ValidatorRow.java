package bulwark.seats.watch;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a seat's validator. Immutable.
 *
 * @param index in the registry, null while two labels have not shown it
 * @param status word of the beacon API on which two labels agreed last
 * @param observedEpoch of that
 * @param exitTx transaction in which the vault asked for a full exit
 * @param exitRequestedAt seconds of Unix time, no earlier than its block
 */
public record ValidatorRow(
        @Nullable Long index,
        @Nullable String status,
        @Nullable Long observedEpoch,
        @Nullable String exitTx,
        @Nullable Long exitRequestedAt) {
    static final ValidatorRow UNKNOWN = new ValidatorRow(null, null, null, null, null);

    private static final String SELECT = "SELECT seat_id, cl_validator_index, cl_status, cl_observed_epoch,"
            + " exit_requested_tx, exit_requested_at FROM seat_validators ";

    /** By the ids of seats. */
    static Map<Long, ValidatorRow> all(ReadTx tx) throws SQLException {
        return rows(tx.statement(SELECT));
    }

    public static Optional<ValidatorRow> of(ReadTx tx, long seat) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "WHERE seat_id = ?");
        select.setLong(1, seat);
        return Optional.ofNullable(rows(select).get(seat));
    }

    private static Map<Long, ValidatorRow> rows(PreparedStatement select) throws SQLException {
        Map<Long, ValidatorRow> rows = new HashMap<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.put(
                        row.getLong(1),
                        new ValidatorRow(
                                number(row, 2), row.getString(3), number(row, 4), row.getString(5), number(row, 6)));
            }
        }
        return rows;
    }

    private static @Nullable Long number(ResultSet row, int column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }

    ValidatorRow seen(long newIndex, String newStatus, long epoch) {
        return new ValidatorRow(newIndex, newStatus, epoch, exitTx, exitRequestedAt);
    }

    ValidatorRow exitAsked(String tx, long at) {
        return new ValidatorRow(index, status, observedEpoch, tx, at);
    }

    void write(WriteTx tx, long seat) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO seat_validators (seat_id, cl_validator_index, cl_status,"
                + " cl_observed_epoch, exit_requested_tx, exit_requested_at) VALUES (?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (seat_id) DO UPDATE SET cl_validator_index = excluded.cl_validator_index,"
                + " cl_status = excluded.cl_status, cl_observed_epoch = excluded.cl_observed_epoch,"
                + " exit_requested_tx = excluded.exit_requested_tx, exit_requested_at = excluded.exit_requested_at");
        insert.setLong(1, seat);
        number(insert, 2, index);
        insert.setString(3, status);
        number(insert, 4, observedEpoch);
        insert.setString(5, exitTx);
        number(insert, 6, exitRequestedAt);
        insert.executeUpdate();
    }

    private static void number(PreparedStatement insert, int index, @Nullable Long number) throws SQLException {
        if (number == null) {
            insert.setNull(index, Types.BIGINT);
        } else {
            insert.setLong(index, number);
        }
    }
}
