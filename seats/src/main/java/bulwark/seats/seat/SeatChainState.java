package bulwark.seats.seat;

import bulwark.kernel.storage.ReadTx;
import bulwark.seats.beacon.ValidatorStatus;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What watchers read of a seat's validator, of its exit and of its settlement. An exit whose request is in a block is {@code SENT}; it is {@code REQUESTED} once two labels of the consensus layer show it,
 * for that layer drops a request without a word. Immutable.
 */
record SeatChainState(
        Map<String, @Nullable Object> validator,
        Map<String, @Nullable Object> exit,
        Map<String, @Nullable Object> settlement) {
    private static final String SENT = "SENT";
    private static final String REQUESTED = "REQUESTED";

    static SeatChainState of(ReadTx tx, long seat) throws SQLException {
        PreparedStatement select = tx.statement("SELECT v.cl_validator_index, v.cl_status, v.cl_observed_epoch,"
                + " v.exit_requested_tx, v.exit_requested_at, s.phase, s.ready_at, s.balance_wei, s.block_number FROM"
                + " seats LEFT JOIN seat_validators v ON v.seat_id = seats.id LEFT JOIN seat_settlements s ON s.seat_id"
                + " = seats.id WHERE seats.id = ?");
        select.setLong(1, seat);
        try (ResultSet row = select.executeQuery()) {
            row.next();
            return new SeatChainState(validator(row), exit(row), settlement(row));
        }
    }

    private static Map<String, @Nullable Object> validator(ResultSet row) throws SQLException {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("index", row.getString(1));
        json.put("status", row.getString(2));
        json.put("observedEpoch", row.getString(3));
        return json;
    }

    private static Map<String, @Nullable Object> exit(ResultSet row) throws SQLException {
        String status = row.getString(2);
        String transaction = row.getString(4);
        boolean shown = Stream.of(ValidatorStatus.values())
                .anyMatch(each -> each.isExiting() && each.word().equals(status));
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("state", shown ? REQUESTED : transaction == null ? "NONE" : SENT);
        json.put("transaction", transaction);
        json.put(
                "sentAt",
                transaction == null
                        ? null
                        : Instant.ofEpochSecond(row.getLong(5)).toString());
        return json;
    }

    private static Map<String, @Nullable Object> settlement(ResultSet row) throws SQLException {
        String phase = row.getString(6);
        long readyAt = row.getLong(7);
        @Nullable String balance = row.getString(8);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("phase", phase);
        json.put("readyAt", readyAt == 0 ? null : Instant.ofEpochSecond(readyAt).toString());
        json.put("balanceWei", balance == null || balance.isEmpty() ? null : balance);
        json.put("blockNumber", row.getString(9));
        return json;
    }

    boolean hasExit() {
        return REQUESTED.equals(exit.get("state"));
    }

    boolean isSettled() {
        return "SETTLED".equals(settlement.get("phase"));
    }

    void addTo(Map<String, @Nullable Object> body) {
        body.put("validator", validator);
        body.put("exit", exit);
        body.put("settlement", settlement);
    }
}
