package bulwark.seats.seat;

import static bulwark.seats.route.FieldRule.text;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.BlsFailed;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.deposit.DepositFileRefused;
import bulwark.seats.deposit.DepositFinding;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.route.Call;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deposit data of seats: verified before they are stored, and bound to key and credentials of the seat. Thread-safe. */
public final class DepositDataRegister {
    private final SeatStore store;
    private final BlsVerifier bls;
    private final Optional<ForkVersion> network;
    private final Clock clock;

    /** @param network empty while the setting is unset: nothing is taken then */
    public DepositDataRegister(SeatStore store, BlsVerifier bls, Optional<ForkVersion> network, Clock clock) {
        this.store = store;
        this.bls = bls;
        this.network = network;
        this.clock = clock;
    }

    public List<SeatRoute> routes() {
        return List.of(
                SeatRoute.checks(
                                "POST",
                                "/v1/seats/{id}/deposit-data",
                                "Hand over what the key of a seat signed: the text of deposit_data-*.json",
                                Roles.OPERATOR,
                                RequestRules.body(text("file", 2, DepositFile.MAX_BYTES)),
                                200,
                                this::verify)
                        .withIdempotency(),
                SeatRoute.reads(
                        "/v1/seats/{id}/deposit-data",
                        "The verified deposit data of a seat",
                        Roles.VIEWER,
                        RequestRules.NOTHING,
                        this::read));
    }

    private SeatRoute.Work.Change verify(Call call) {
        ForkVersion version = network.orElseThrow(() -> new ApiRefusal(
                Kind.UNAVAILABLE,
                "fork_version_unset",
                "Deposit data cannot be verified: set " + SeatSettings.GENESIS_FORK_VERSION
                        + " to the genesis fork version of the network."));
        Seat seat = store.read(tx -> SeatRegister.existing(tx, call));
        DepositFile file;
        List<DepositFinding> findings;
        try {
            file = DepositFile.parse(call.text("file").getBytes(StandardCharsets.UTF_8));
            findings = new DepositVerifier(version, bls)
                    .verify(
                            file,
                            new DepositVerifier.Expected(
                                    HexText.bytes(seat.pubkey()), HexText.bytes(seat.withdrawalCredentials())));
        } catch (DepositFileRefused refused) {
            throw invalid(refused.findings());
        } catch (BlsFailed failed) {
            throw new ApiRefusal(Kind.UNAVAILABLE, "bls_unavailable", String.valueOf(failed.getMessage()));
        }
        if (!findings.isEmpty()) {
            throw invalid(findings);
        }
        return (tx, again) -> keep(tx, again, file);
    }

    private static ApiRefusal invalid(List<DepositFinding> findings) {
        return new ApiRefusal(
                Kind.INVALID,
                "deposit_data_invalid",
                "The deposit data are refused: " + findings.getFirst().sentence() + ".",
                Map.of(
                        "details",
                        findings.stream().map(DepositDataRegister::detail).toList()));
    }

    private static Map<String, Object> detail(DepositFinding finding) {
        return Map.of("field", "file", "code", finding.fault().name(), "message", finding.sentence());
    }

    private Response keep(WriteTx tx, Call call, DepositFile file) throws SQLException {
        Seat seat = SeatRegister.existing(tx, call);
        if (!seat.status().equals("CREATED")) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "state_conflict",
                    "A seat that is " + seat.status() + " takes no deposit data: only one that is CREATED does.");
        }
        put(tx, seat.id(), file, clock.instant());
        Map<String, Object> evidence = Map.of(
                "data_root",
                HexText.of(file.deposit().dataRoot()),
                "fork_version",
                file.forkVersion().toString());
        store.audited().audit().append(tx, call.event(SeatEvents.DEPOSIT_DATA_TAKEN, "seat:" + seat.id(), evidence));
        return Response.json(200, json(tx, seat.id()).orElseThrow());
    }

    /** Keeps deposit data that were verified; the audit row is the caller's. */
    public static void put(WriteTx tx, long seat, DepositFile file, Instant now) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO deposit_data (seat_id, signature, message_root, data_root,"
                + " fork_version, updated_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (seat_id) DO UPDATE SET"
                + " signature = excluded.signature, message_root = excluded.message_root,"
                + " data_root = excluded.data_root, fork_version = excluded.fork_version,"
                + " updated_at = excluded.updated_at");
        insert.setLong(1, seat);
        insert.setString(2, HexText.of(file.deposit().signature()));
        insert.setString(3, HexText.of(file.deposit().messageRoot()));
        insert.setString(4, HexText.of(file.deposit().dataRoot()));
        insert.setString(5, file.forkVersion().toString());
        insert.setString(6, Timestamps.zulu(now));
        insert.executeUpdate();
    }

    private Response read(Call call) {
        return store.read(tx -> Response.json(
                200,
                json(tx, SeatRegister.existing(tx, call).id())
                        .orElseThrow(() -> new ApiRefusal(
                                Kind.NOT_FOUND,
                                "not_found",
                                "This seat has no deposit data: its operator hands it over."))));
    }

    /** The verified signature of a seat: 0x and 192 digits. */
    public static Optional<String> signature(ReadTx tx, long seat) throws SQLException {
        return json(tx, seat).map(row -> String.valueOf(row.get("signature")));
    }

    private static Optional<Map<String, @Nullable Object>> json(ReadTx tx, long seat) throws SQLException {
        PreparedStatement select = tx.statement("SELECT signature, message_root, data_root, fork_version, updated_at"
                + " FROM deposit_data WHERE seat_id = ?");
        select.setLong(1, seat);
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("seatId", Long.toString(seat));
            json.put("signature", row.getString(1));
            json.put("depositMessageRoot", row.getString(2));
            json.put("depositDataRoot", row.getString(3));
            json.put("forkVersion", row.getString(4));
            json.put("updatedAt", row.getString(5));
            return Optional.of(json);
        }
    }
}
