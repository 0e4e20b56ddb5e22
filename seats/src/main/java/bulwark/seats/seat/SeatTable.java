package bulwark.seats.seat;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.VaultAddress;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of {@code seats}, and of the transitions that led to each. */
public final class SeatTable {
    private static final String COLUMNS = "SELECT id, operator_id, status, custody, pubkey, withdrawal_credentials,"
            + " vault_address, beneficiary, amount_gwei, version, created_at, updated_at FROM seats ";

    private SeatTable() {}

    /**
     * Seats by id, found by their key: a page deep in the list costs as much as the first one.
     *
     * @param after id that the page begins behind; 0 for the beginning
     * @param offset seats to leave out from there on: they are counted along an index, and their rows are not read
     */
    static List<Seat> page(ReadTx tx, SeatFilter filter, long after, long offset, long limit) throws SQLException {
        long from = after;
        if (offset > 0) {
            PreparedStatement select = tx.statement(
                    "SELECT id FROM seats WHERE " + filter.condition() + " AND id > ? ORDER BY id LIMIT 1 OFFSET ?");
            int next = filter.bind(select);
            select.setLong(next, after);
            select.setLong(next + 1, offset - 1);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return List.of();
                }
                from = row.getLong(1);
            }
        }
        PreparedStatement select =
                tx.statement(COLUMNS + "WHERE " + filter.condition() + " AND id > ? ORDER BY id LIMIT ?");
        int next = filter.bind(select);
        select.setLong(next, from);
        select.setLong(next + 1, limit);
        return rows(select);
    }

    static long count(ReadTx tx, SeatFilter filter) throws SQLException {
        PreparedStatement select = tx.statement("SELECT count(*) FROM seats WHERE " + filter.condition());
        filter.bind(select);
        try (ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    public static Optional<Seat> byId(ReadTx tx, long id) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE id = ?");
        select.setLong(1, id);
        return rows(select).stream().findFirst();
    }

    public static Optional<Seat> byPubkey(ReadTx tx, String pubkey) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE pubkey = ?");
        select.setString(1, pubkey);
        return rows(select).stream().findFirst();
    }

    /** The vaults of all seats that have come as far as an intent on the chain, each once. */
    public static List<EvmAddress> vaults(ReadTx tx) throws SQLException {
        List<EvmAddress> vaults = new ArrayList<>();
        try (ResultSet row = tx.statement("SELECT DISTINCT withdrawal_credentials FROM seats WHERE status NOT IN ('"
                        + SeatStateMachine.CREATED + "', '" + SeatStateMachine.REVOKED + "') ORDER BY 1")
                .executeQuery()) {
            while (row.next()) {
                vaults.add(EvmAddress.ofCredentials(row.getString(1)));
            }
        }
        return vaults;
    }

    /** Those whose withdrawal credentials name this vault. */
    public static List<Seat> ofVault(ReadTx tx, EvmAddress vault) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE withdrawal_credentials = ? ORDER BY id");
        select.setString(1, HexText.of(VaultAddress.credentials(vault)));
        return rows(select);
    }

    /** Every seat in one of these states, by id. */
    public static List<Seat> inStates(ReadTx tx, List<String> states) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE status IN ("
                + String.join(", ", Collections.nCopies(states.size(), "?")) + ") ORDER BY id");
        for (int i = 0; i < states.size(); i++) {
            select.setString(i + 1, states.get(i));
        }
        return rows(select);
    }

    public static List<Seat> ofBeneficiary(ReadTx tx, String address) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE beneficiary = ? ORDER BY id LIMIT 500");
        select.setString(1, address);
        return rows(select);
    }

    /** Every state with the number of its seats. */
    public static Map<String, Long> countsByStatus(ReadTx tx) throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String state : SeatStateMachine.STATES) {
            counts.put(state, 0L);
        }
        try (ResultSet rows = tx.statement("SELECT status, count(*) FROM seats GROUP BY status")
                .executeQuery()) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
            }
        }
        return counts;
    }

    static void insert(WriteTx tx, Seat seat) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO seats (id, operator_id, status, custody, pubkey,"
                + " withdrawal_credentials, vault_address, beneficiary, amount_gwei, version, created_at, updated_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setLong(1, seat.id());
        insert.setLong(2, seat.operatorId());
        insert.setString(3, seat.status());
        insert.setString(4, seat.custody());
        insert.setString(5, seat.pubkey());
        insert.setString(6, seat.withdrawalCredentials());
        insert.setString(7, seat.vaultAddress());
        insert.setString(8, seat.beneficiary());
        insert.setString(9, seat.amountGwei());
        insert.setLong(10, seat.version());
        insert.setString(11, seat.createdAt());
        insert.setString(12, seat.updatedAt());
        insert.executeUpdate();
    }

    static void setStatus(WriteTx tx, Seat seat, String status, String now) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE seats SET status = ?, version = version + 1, updated_at = ? WHERE id = ?");
        update.setString(1, status);
        update.setString(2, now);
        update.setLong(3, seat.id());
        update.executeUpdate();
    }

    static void transition(
            WriteTx tx,
            long seat,
            long version,
            @Nullable String from,
            String to,
            Map<String, ?> evidence,
            String actor,
            String requestId,
            String now)
            throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO seat_transitions (seat_id, version, from_state, to_state,"
                + " evidence, actor, request_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setLong(1, seat);
        insert.setLong(2, version);
        insert.setString(3, from);
        insert.setString(4, to);
        insert.setString(5, CanonicalJson.text(evidence));
        insert.setString(6, actor);
        insert.setString(7, requestId);
        insert.setString(8, now);
        insert.executeUpdate();
    }

    static List<Map<String, @Nullable Object>> history(ReadTx tx, long seat) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT version, from_state, to_state, actor, request_id, created_at FROM"
                        + " seat_transitions WHERE seat_id = ? ORDER BY version");
        select.setLong(1, seat);
        List<Map<String, @Nullable Object>> history = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Map<String, @Nullable Object> each = new LinkedHashMap<>();
                each.put("version", row.getLong(1));
                each.put("from", row.getString(2));
                each.put("to", row.getString(3));
                each.put("actor", row.getString(4));
                each.put("requestId", row.getString(5));
                each.put("at", row.getString(6));
                history.add(each);
            }
        }
        return history;
    }

    /** One more than the greatest of a table; only one transaction writes at a time. */
    public static long nextId(ReadTx tx, String table) throws SQLException {
        try (ResultSet row =
                tx.statement("SELECT coalesce(max(id), 0) + 1 FROM " + table).executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static List<Seat> rows(PreparedStatement select) throws SQLException {
        List<Seat> seats = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                seats.add(new Seat(
                        row.getLong(1),
                        row.getLong(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9),
                        row.getLong(10),
                        row.getString(11),
                        row.getString(12)));
            }
        }
        return seats;
    }
}
