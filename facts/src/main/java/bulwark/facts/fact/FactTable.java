package bulwark.facts.fact;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads facts by key. Rows are checked against their CID and journal hash on the way out; a mismatch is the 409 refusal. */
public final class FactTable {
    /** Columns of a fact and of its journal record. */
    static final String COLUMNS = FactRow.COLUMNS + ", j.fact_id, j.record_hash";

    static final String FROM = " FROM facts f LEFT JOIN fact_journal j ON j.seq = f.row_id ";

    static final String SELECT = "SELECT " + COLUMNS + FROM;

    private static final String LISTED = "f.id IN (SELECT value FROM json_each(?))";
    private static final String CONTRADICTED =
            "SELECT f.id FROM facts f WHERE " + LISTED + " AND " + InForceSql.contradicted("f");
    private static final String IN_FORCE =
            "SELECT f.id FROM facts f WHERE " + LISTED + " AND " + InForceSql.inForce("f");

    private FactTable() {}

    public static Optional<Fact> byId(ReadTx tx, String id) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "WHERE f.id = ?");
        select.setString(1, id);
        List<Fact> facts = verified(select);
        return facts.isEmpty() ? Optional.empty() : Optional.of(facts.getFirst());
    }

    /** The newest fact with this content. */
    public static Optional<Fact> byCid(ReadTx tx, String tenant, String cid) throws SQLException {
        PreparedStatement select = tx.statement("SELECT fact_id FROM fact_cid_aliases WHERE tenant_id = ? AND cid = ?");
        select.setString(1, tenant);
        select.setString(2, cid);
        String id;
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            id = rows.getString(1);
        }
        return byId(tx, id);
    }

    /** In any order; unknown ids are left out. */
    public static List<Fact> byIds(ReadTx tx, Collection<String> ids) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "WHERE " + LISTED);
        select.setString(1, list(List.copyOf(ids)));
        return verified(select);
    }

    /** In any order; unknown rows are left out. */
    public static List<Fact> byRows(ReadTx tx, Collection<Long> rowIds) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "WHERE f.row_id IN (SELECT value FROM json_each(?))");
        select.setString(1, list(List.copyOf(rowIds)));
        return verified(select);
    }

    /** Ascending from a row id (exclusive), for indexes that follow the store. */
    public static List<Fact> after(ReadTx tx, long rowId, int limit) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "WHERE f.row_id > ? ORDER BY f.row_id LIMIT ?");
        select.setLong(1, rowId);
        select.setInt(2, limit);
        return verified(select);
    }

    /** Which of these facts stand in an unresolved contradiction, or lost a resolved one, computed on the whole store. */
    public static Set<String> contradicted(ReadTx tx, Collection<Fact> facts, Instant now) throws SQLException {
        return passing(tx, CONTRADICTED, facts, IsoInstants.micros(now), 2);
    }

    /** Which of these facts are in force: confidence above 0, not expired, not retracted. */
    public static Set<String> inForce(ReadTx tx, Collection<Fact> facts, Instant now) throws SQLException {
        return passing(tx, IN_FORCE, facts, IsoInstants.micros(now), 1);
    }

    static List<Fact> verified(PreparedStatement select) throws SQLException {
        List<Fact> facts = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                facts.add(verified(rows));
            }
        }
        return facts;
    }

    /** The fact of a row that begins with the columns of {@link #SELECT}. */
    static Fact verified(ResultSet row) throws SQLException {
        return FactRow.read(row).verified(row.getString(21), row.getString(22));
    }

    private static Set<String> passing(ReadTx tx, String sql, Collection<Fact> facts, long nowMicros, int times)
            throws SQLException {
        Set<String> passing = new HashSet<>();
        PreparedStatement select = tx.statement(sql);
        select.setString(1, list(facts.stream().map(Fact::id).toList()));
        for (int i = 0; i < times; i++) {
            select.setLong(2 + i, nowMicros);
        }
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                passing.add(rows.getString(1));
            }
        }
        return passing;
    }

    /** As one parameter, for {@code json_each}: one statement for any number of keys. */
    private static String list(List<?> keys) {
        return StrictJson.text(keys);
    }
}
