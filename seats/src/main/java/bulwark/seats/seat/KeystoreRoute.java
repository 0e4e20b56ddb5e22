package bulwark.seats.seat;

import bulwark.kernel.json.RawJson;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.route.Call;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The encrypted file (EIP-2335) of a key that the signer made, again. Its password is the signer's: this process cannot open it, and has never held the key. Whoever is given it can guess at the password at
 * leisure, so that administrators alone are, with an audit row for each time. Thread-safe.
 */
public final class KeystoreRoute {
    private final SeatStore store;

    public KeystoreRoute(SeatStore store) {
        this.store = store;
    }

    public SeatRoute route() {
        return SeatRoute.reads(
                "/v1/seats/{id}/keystore",
                "The encrypted key of a seat whose key the signer made",
                Roles.ADMIN,
                RequestRules.NOTHING,
                call -> store.write(tx -> read(tx, call)));
    }

    private Response read(WriteTx tx, Call call) throws SQLException {
        Seat seat = SeatRegister.existing(tx, call);
        PreparedStatement select =
                tx.statement("SELECT key_index, keystore_json, created_at FROM seat_bls_material WHERE seat_id = ?");
        select.setLong(1, seat.id());
        Map<String, Object> body = new LinkedHashMap<>();
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new ApiRefusal(
                        Kind.NOT_FOUND,
                        "keystore_missing",
                        "The key of seat " + seat.id() + " was made elsewhere: its operator has it.");
            }
            body.put("seatId", Long.toString(seat.id()));
            body.put("index", Long.toString(row.getLong(1)));
            body.put("createdAt", row.getString(3));
            body.put("keystore", new RawJson(row.getString(2)));
        }
        Map<String, String> detail = Map.of("pubkey", seat.pubkey());
        store.audited().audit().append(tx, call.event(SeatEvents.KEYSTORE_READ, "seat:" + seat.id(), detail));
        return Response.json(200, body);
    }
}
