package bulwark.seats.approval;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanReader;
import bulwark.seats.precondition.PlanSimulation;
import bulwark.seats.seat.SeatTable;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of {@code seat_plans} and {@code plan_approvals}. */
final class PlanRows {
    static final String OPEN = "OPEN";
    static final String REJECTED = "REJECTED";
    static final String VOID = "VOID";

    private static final String COLUMNS = "SELECT document, status, reason FROM seat_plans ";

    private PlanRows() {}

    /** A plan as it is kept. @param status {@code OPEN}, {@code REJECTED} or {@code VOID} */
    record Stored(Plan plan, String status, String reason) {}

    static Optional<Stored> find(ReadTx tx, PlanDigest digest) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE digest = ?");
        select.setString(1, digest.text());
        return rows(select).stream().findFirst();
    }

    /** Newest first. @param seat null for all, as {@code status} */
    static List<Stored> page(ReadTx tx, @Nullable Long seat, @Nullable String status, long limit, long offset)
            throws SQLException {
        PreparedStatement select = tx.statement(
                COLUMNS
                        + "WHERE (CAST(? AS BIGINT) IS NULL OR seat_id = ?) AND (CAST(? AS TEXT) IS NULL OR status = ?) ORDER BY number DESC LIMIT ? OFFSET ?");
        select.setObject(1, seat);
        select.setObject(2, seat);
        select.setString(3, status);
        select.setString(4, status);
        select.setLong(5, limit);
        select.setLong(6, offset);
        return rows(select);
    }

    /** @return whether it was not there before */
    static boolean insert(WriteTx tx, Plan plan) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO seat_plans (digest, number, seat_id, kind, document,"
                + " proposer, status, reason, created_at, expires_at) VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM"
                + " seat_plans), ?, ?, ?, ?, 'OPEN', '', ?, ?) ON CONFLICT (digest) DO NOTHING");
        insert.setString(1, plan.digest().text());
        insert.setLong(2, plan.seatId());
        insert.setString(3, plan.kind().word());
        insert.setString(4, new String(plan.bytes(), StandardCharsets.UTF_8));
        insert.setString(5, plan.proposer());
        insert.setString(6, plan.createdAt().toString());
        insert.setString(7, plan.expiresAt().toString());
        return insert.executeUpdate() > 0;
    }

    static void insertSimulation(WriteTx tx, PlanDigest digest, PlanSimulation simulation) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO plan_simulations (plan_digest, document) VALUES (?, ?)");
        insert.setString(1, digest.text());
        insert.setString(2, StrictJson.text(simulation.json()));
        insert.executeUpdate();
    }

    /** JSON as it was kept; empty for a plan that was made without a chain. */
    static Optional<String> simulation(ReadTx tx, PlanDigest digest) throws SQLException {
        PreparedStatement select = tx.statement("SELECT document FROM plan_simulations WHERE plan_digest = ?");
        select.setString(1, digest.text());
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    /** Open plans of one kind for a seat. */
    static List<PlanDigest> open(ReadTx tx, long seat, String kind) throws SQLException {
        PreparedStatement select = tx.statement(
                "SELECT digest FROM seat_plans WHERE seat_id = ? AND kind = ? AND status = 'OPEN' ORDER BY number");
        select.setLong(1, seat);
        select.setString(2, kind);
        List<PlanDigest> digests = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                digests.add(new PlanDigest(row.getString(1)));
            }
        }
        return digests;
    }

    static void end(WriteTx tx, PlanDigest digest, String status, String reason) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE seat_plans SET status = ?, reason = ? WHERE digest = ? AND status = 'OPEN'");
        update.setString(1, status);
        update.setString(2, reason);
        update.setString(3, digest.text());
        update.executeUpdate();
    }

    static List<Approval> approvals(ReadTx tx, PlanDigest digest) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT document FROM plan_approvals WHERE plan_digest = ? ORDER BY created_at, person");
        select.setString(1, digest.text());
        List<Approval> approvals = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                approvals.add(Approval.read(row.getString(1).getBytes(StandardCharsets.UTF_8)));
            }
        }
        return approvals;
    }

    /** A person's later word replaces the former. */
    static void put(WriteTx tx, Approval approval, String document) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO plan_approvals (plan_digest, person, decision, document,"
                + " created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (plan_digest, person) DO UPDATE SET decision ="
                + " excluded.decision, document = excluded.document, created_at = excluded.created_at");
        insert.setString(1, approval.plan().text());
        insert.setString(2, approval.person());
        insert.setString(3, approval.decision());
        insert.setString(4, document);
        insert.setString(5, approval.createdAt().toString());
        insert.executeUpdate();
    }

    static Optional<bulwark.seats.seat.Seat> seat(ReadTx tx, String id) throws SQLException {
        return id.matches("[1-9][0-9]{0,17}") ? SeatTable.byId(tx, Long.parseLong(id)) : Optional.empty();
    }

    private static List<Stored> rows(PreparedStatement select) throws SQLException {
        List<Stored> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Plan plan = PlanReader.read(row.getString(1).getBytes(StandardCharsets.UTF_8));
                rows.add(new Stored(plan, row.getString(2), row.getString(3)));
            }
        }
        return rows;
    }
}
