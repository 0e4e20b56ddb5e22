package bulwark.seats.send;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.Approval;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanReader;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of {@code operations}. */
final class OperationRows {
    private static final String COLUMNS = "SELECT id, number, plan_digest, seat_id, kind, status, attempts, error_code,"
            + " error, actor, created_at, updated_at FROM operations ";

    private OperationRows() {}

    static Optional<Operation> byId(ReadTx tx, String id) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE id = ?");
        select.setString(1, id);
        return rows(select).stream().findFirst();
    }

    static Optional<Operation> byPlan(ReadTx tx, PlanDigest digest) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE plan_digest = ?");
        select.setString(1, digest.text());
        return rows(select).stream().findFirst();
    }

    /** Newest first. @param seat null for all, as {@code status} */
    static List<Operation> page(ReadTx tx, @Nullable Long seat, @Nullable String status, long limit, long offset)
            throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS
                + "WHERE (CAST(? AS BIGINT) IS NULL OR seat_id = ?) AND (CAST(? AS TEXT) IS NULL OR status = ?)"
                + " ORDER BY number DESC LIMIT ? OFFSET ?");
        select.setObject(1, seat);
        select.setObject(2, seat);
        select.setString(3, status);
        select.setString(4, status);
        select.setLong(5, limit);
        select.setLong(6, offset);
        return rows(select);
    }

    /** Waits to be sent. */
    static void insert(WriteTx tx, String id, IntentLedger.Order order, String now) throws SQLException {
        Plan plan = order.plan();
        PreparedStatement insert = tx.statement("INSERT INTO operations (id, number, plan_digest, seat_id, kind,"
                + " status, plan, approvals, attempts, error_code, error, actor, request_id, created_at, updated_at)"
                + " VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM operations), ?, ?, ?, 'QUEUED', ?, ?, 0, '',"
                + " '', ?, ?, ?, ?)");
        insert.setString(1, id);
        insert.setString(2, plan.digest().text());
        insert.setLong(3, plan.seatId());
        insert.setString(4, plan.kind().word());
        insert.setString(5, new String(plan.bytes(), StandardCharsets.UTF_8));
        insert.setString(6, documents(order.approvals()));
        insert.setString(7, order.actor());
        insert.setString(8, order.requestId());
        insert.setString(9, now);
        insert.setString(10, now);
        insert.executeUpdate();
    }

    /** A plan that ended without an effect waits again, with the approvals that it has now. */
    static void queue(WriteTx tx, String id, List<Approval> approvals, String now) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE operations SET status = 'QUEUED', approvals = ?, error_code ="
                + " '', error = '', updated_at = ? WHERE id = ?");
        update.setString(1, documents(approvals));
        update.setString(2, now);
        update.setString(3, id);
        update.executeUpdate();
    }

    /** Its transaction has a nonce. */
    static void begin(WriteTx tx, String id, List<Approval> approvals, String now) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE operations SET status = 'RUNNING', approvals = ?, error_code ="
                + " '', error = '', attempts = attempts + 1, updated_at = ? WHERE id = ?");
        update.setString(1, documents(approvals));
        update.setString(2, now);
        update.setString(3, id);
        update.executeUpdate();
    }

    /** Oldest first. */
    static List<IntentLedger.Order> queued(ReadTx tx) throws SQLException {
        PreparedStatement select = tx.statement("SELECT plan, approvals, actor, request_id FROM operations WHERE status"
                + " = 'QUEUED' ORDER BY number");
        List<IntentLedger.Order> orders = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                orders.add(new IntentLedger.Order(
                        PlanReader.read(row.getString(1).getBytes(StandardCharsets.UTF_8)),
                        approvals(row.getString(2)),
                        row.getString(3),
                        row.getString(4)));
            }
        }
        return orders;
    }

    static List<Approval> approvals(String documents) {
        List<Approval> approvals = new ArrayList<>();
        StrictJson.parse(documents.getBytes(StandardCharsets.UTF_8))
                .forEach(each -> approvals.add(Approval.read(each)));
        return approvals;
    }

    private static String documents(List<Approval> approvals) {
        return StrictJson.text(approvals.stream().map(Approval::json).toList());
    }

    static void update(WriteTx tx, String id, Operation.Status status, String code, String sentence, String now)
            throws SQLException {
        PreparedStatement update = tx.statement(
                "UPDATE operations SET status = ?, error_code = ?, error = ?, updated_at = ? WHERE id = ?");
        update.setString(1, status.name());
        update.setString(2, code);
        update.setString(3, sentence);
        update.setString(4, now);
        update.setString(5, id);
        update.executeUpdate();
    }

    private static List<Operation> rows(PreparedStatement select) throws SQLException {
        List<Operation> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.add(new Operation(
                        row.getString(1),
                        row.getLong(2),
                        new PlanDigest(row.getString(3)),
                        row.getLong(4),
                        row.getString(5),
                        Operation.Status.valueOf(row.getString(6)),
                        row.getLong(7),
                        row.getString(8),
                        row.getString(9),
                        row.getString(10),
                        row.getString(11),
                        row.getString(12)));
            }
        }
        return rows;
    }
}
