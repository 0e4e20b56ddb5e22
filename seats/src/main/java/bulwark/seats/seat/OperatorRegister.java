package bulwark.seats.seat;

import static bulwark.seats.route.FieldRule.text;
import static bulwark.seats.route.FieldRule.word;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
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
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Those who bring hardware and keys. */
public final class OperatorRegister {
    private static final String COLUMNS = "SELECT id, name, contact, status, created_at, updated_at FROM operators ";

    private final SeatStore store;
    private final Clock clock;

    public OperatorRegister(SeatStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    public List<SeatRoute> routes() {
        RequestRules creation =
                RequestRules.body(text("name", 1, 100), text("contact", 0, 200).optional());
        RequestRules change = RequestRules.body(
                text("contact", 0, 200).optional(),
                word("status", "ACTIVE", "SUSPENDED").optional());
        return List.of(
                SeatRoute.reads("/v1/operators", "Every operator", Roles.VIEWER, RequestRules.NOTHING, this::list),
                SeatRoute.changes(
                        "POST", "/v1/operators", "Make an operator", Roles.OPERATOR, creation, 201, this::create),
                SeatRoute.reads("/v1/operators/{id}", "One operator", Roles.VIEWER, RequestRules.NOTHING, this::read),
                SeatRoute.changes(
                        "PATCH",
                        "/v1/operators/{id}",
                        "Change an operator",
                        Roles.OPERATOR,
                        change,
                        200,
                        this::change));
    }

    private Response list(Call call) {
        return Response.json(
                200, Map.of("items", store.read(tx -> rows(tx.statement(COLUMNS + "ORDER BY id LIMIT 1000")))));
    }

    private Response read(Call call) {
        return Response.json(200, store.read(tx -> existing(tx, call)));
    }

    private Response create(WriteTx tx, Call call) throws SQLException {
        String name = call.text("name");
        PreparedStatement same = tx.statement("SELECT 1 FROM operators WHERE name = ?");
        same.setString(1, name);
        try (ResultSet row = same.executeQuery()) {
            if (row.next()) {
                throw new ApiRefusal(Kind.CONFLICT, "name_taken", "There is an operator of this name.");
            }
        }
        long id = SeatTable.nextId(tx, "operators");
        String now = Timestamps.zulu(clock.instant());
        PreparedStatement insert = tx.statement("INSERT INTO operators (id, name, contact, status, created_at,"
                + " updated_at) VALUES (?, ?, ?, 'ACTIVE', ?, ?)");
        insert.setLong(1, id);
        insert.setString(2, name);
        insert.setString(3, call.optionalText("contact").orElse(""));
        insert.setString(4, now);
        insert.setString(5, now);
        insert.executeUpdate();
        store.audited()
                .audit()
                .append(tx, call.event(SeatEvents.OPERATOR_CREATED, "operator:" + id, Map.of("name", name)));
        return Response.json(201, byId(tx, id).orElseThrow());
    }

    private Response change(WriteTx tx, Call call) throws SQLException {
        Map<String, Object> before = existing(tx, call);
        long id = Long.parseLong(String.valueOf(before.get("id")));
        String status = call.optionalText("status").orElse(String.valueOf(before.get("status")));
        PreparedStatement update =
                tx.statement("UPDATE operators SET contact = ?, status = ?, updated_at = ? WHERE id = ?");
        update.setString(1, call.optionalText("contact").orElse(String.valueOf(before.get("contact"))));
        update.setString(2, status);
        update.setString(3, Timestamps.zulu(clock.instant()));
        update.setLong(4, id);
        update.executeUpdate();
        store.audited()
                .audit()
                .append(
                        tx,
                        call.event(
                                SeatEvents.OPERATOR_CHANGED,
                                "operator:" + id,
                                Map.of("name", String.valueOf(before.get("name")), "status", status)));
        return Response.json(200, byId(tx, id).orElseThrow());
    }

    private static Map<String, Object> existing(ReadTx tx, Call call) throws SQLException {
        String id = call.request().pathParameter("id");
        Optional<Map<String, Object>> found =
                id.matches("[1-9][0-9]{0,17}") ? byId(tx, Long.parseLong(id)) : Optional.empty();
        return found.orElseThrow(
                () -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no operator with this id."));
    }

    /** Whether a seat may be given to it. */
    static boolean isActive(ReadTx tx, long id) throws SQLException {
        return byId(tx, id).filter(row -> "ACTIVE".equals(row.get("status"))).isPresent();
    }

    private static Optional<Map<String, Object>> byId(ReadTx tx, long id) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE id = ?");
        select.setLong(1, id);
        return rows(select).stream().findFirst();
    }

    private static List<Map<String, Object>> rows(PreparedStatement select) throws SQLException {
        List<Map<String, Object>> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Map<String, Object> each = new LinkedHashMap<>();
                each.put("id", Long.toString(row.getLong(1)));
                each.put("name", row.getString(2));
                each.put("contact", row.getString(3));
                each.put("status", row.getString(4));
                each.put("createdAt", row.getString(5));
                each.put("updatedAt", row.getString(6));
                rows.add(each);
            }
        }
        return rows;
    }
}
