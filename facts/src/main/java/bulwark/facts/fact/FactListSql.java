package bulwark.facts.fact;

import bulwark.facts.PageRows;
import bulwark.kernel.access.Principal;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The SQL of a fact query: every filter comes before the limit, and the total counts what the filters let through. */
final class FactListSql {
    private final StringBuilder where = new StringBuilder("WHERE f.tenant_id = ?");
    private final List<Object> arguments = new ArrayList<>();
    private final int limit;

    /** @param first facts of the first batch; @param cursor of the next page, or null at the end */
    record Page(List<Fact> first, long total, @Nullable FactCursor cursor) {}

    /**
     * @param caller facts of scopes that his key does not reach are left out, of the total too
     * @param gardens those that the caller may read
     * @param onlyGarden one of them, or null
     */
    FactListSql(FactQuery query, Principal caller, Set<String> gardens, @Nullable String onlyGarden, Instant now) {
        arguments.add(caller.tenant());
        limit = query.limit();
        equal("f.entity", query.entity());
        equal("f.relation", query.relation());
        equal("f.source", query.source());
        equal("f.scope", query.scope());
        if (caller.isLimited()) {
            and("f.scope IN (SELECT value FROM json_each(?))", json(caller.scopes()));
        }
        if (query.minConfidence() > 0) {
            and("f.confidence >= ?", query.minConfidence());
        }
        if (query.after() != null) {
            and("f.timestamp > ?", query.after());
        }
        if (query.attested() != null) {
            where.append(query.attested() ? " AND f.attested_key_id IS NOT NULL" : " AND f.attested_key_id IS NULL");
        }
        if (onlyGarden != null) {
            and("f.garden_id = ?", onlyGarden);
        } else if (gardens.isEmpty()) {
            where.append(" AND f.garden_id IS NULL");
        } else {
            and("(f.garden_id IS NULL OR f.garden_id IN (SELECT value FROM json_each(?)))", json(gardens));
        }
        long micros = IsoInstants.micros(now);
        if (!query.includeExpired()) {
            and(InForceSql.unended("f"), micros);
        }
        standing(query.contradicted(), micros);
    }

    /** Bytes of the texts of a fact. */
    static String length(String alias) {
        return "octet_length(%1$s.entity) + octet_length(%1$s.relation) + octet_length(%1$s.source)".formatted(alias)
                + " + octet_length(%1$s.value_v) + coalesce(octet_length(%1$s.derived_from), 0)".formatted(alias);
    }

    static String json(Set<String> ids) {
        return StrictJson.text(List.copyOf(ids));
    }

    /** Reads the first batch, and of the rest only which rows they are. */
    Page run(ReadTx tx, @Nullable FactCursor cursor, PageRows page) throws SQLException {
        long total = total(tx);
        String from = cursor == null ? "" : " AND (f.timestamp, f.id) < (?, ?)";
        String order = " ORDER BY f.timestamp DESC, f.id DESC LIMIT ?";
        PreparedStatement select = tx.statement(
                "SELECT " + FactTable.COLUMNS + ", " + length("f") + FactTable.FROM + where + from + order);
        int next = bind(select);
        if (cursor != null) {
            select.setString(next++, cursor.timestamp());
            select.setString(next++, cursor.id());
        }
        select.setInt(next, limit + 1);
        List<Fact> first = new ArrayList<>();
        FactCursor last = null;
        try (ResultSet rows = select.executeQuery()) {
            for (int shown = 0; rows.next(); shown++) {
                if (shown == limit || !page.admit(rows.getLong(1), rows.getLong(23))) {
                    return new Page(first, total, last);
                }
                if (page.isInFirstBatch()) {
                    first.add(FactTable.verified(rows));
                }
                last = new FactCursor(rows.getString(10), rows.getString(2));
            }
        }
        return new Page(first, total, null);
    }

    private long total(ReadTx tx) throws SQLException {
        PreparedStatement count = tx.statement("SELECT count(*) FROM facts f " + where);
        bind(count);
        try (ResultSet rows = count.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private void standing(FactQuery.Contradicted mode, long micros) {
        switch (mode) {
            case ALL -> {}
            case HIDE, LATEST -> and("NOT " + InForceSql.contradicted("f"), micros, micros);
        }
    }

    private void equal(String column, @Nullable String value) {
        if (value != null) {
            and(column + " = ?", value);
        }
    }

    private void and(String condition, Object... values) {
        where.append(" AND ").append(condition);
        arguments.addAll(List.of(values));
    }

    private int bind(PreparedStatement statement) throws SQLException {
        int index = 1;
        for (Object argument : arguments) {
            statement.setObject(index++, argument);
        }
        return index;
    }
}
