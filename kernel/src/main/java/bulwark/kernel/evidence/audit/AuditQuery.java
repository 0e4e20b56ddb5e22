package bulwark.kernel.evidence.audit;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.time.Timestamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads pages of one audit table. Filters that are absent are absent from the statement too, so that an index serves the rest. */
final class AuditQuery {
    private final String table;
    private final String actor;
    private final String selectRows;

    AuditQuery(AuditTable audited) {
        table = audited.name();
        actor = audited.columns().actor();
        selectRows = "SELECT seq, id, event_type, " + actor + ", tenant_id, "
                + audited.columns().subject() + ", source, ts, detail, prev_hash, row_hash FROM " + table;
    }

    AuditLog.Extent extent(ReadTx tx, AuditLog.Query query, AuditLog.Admission admission) throws SQLException {
        StringBuilder where = new StringBuilder(" WHERE 1 = 1");
        List<String> values = new ArrayList<>();
        filter(where, values, " AND tenant_id = ?", query.tenant());
        filter(where, values, " AND event_type = ?", query.type());
        filter(where, values, " AND " + actor + " = ?", query.actor());
        filter(where, values, " AND ts >= ?", text(query.since()));
        filter(where, values, " AND ts <= ?", text(query.until()));
        long total = total(tx, where.toString(), values);
        Long cursor = query.cursor();
        boolean backward = cursor == null ? query.since() == null : cursor < 0;
        where.append(backward ? " AND seq < ? ORDER BY seq DESC LIMIT ?" : " AND seq > ? ORDER BY seq LIMIT ?");
        PreparedStatement select = tx.statement("SELECT seq, octet_length(detail) FROM " + table + where);
        int next = bind(select, values);
        select.setLong(next, cursor != null ? Math.abs(cursor) : backward ? Long.MAX_VALUE : 0);
        // One more than asked for tells whether anything follows.
        select.setInt(next + 1, query.limit() + 1);
        long last = 0;
        try (ResultSet rows = select.executeQuery()) {
            for (int count = 0; rows.next(); count++) {
                if (count == query.limit() || !admission.admit(rows.getLong(1), rows.getLong(2))) {
                    return new AuditLog.Extent(backward, total, backward ? -last : last);
                }
                last = rows.getLong(1);
            }
        }
        return new AuditLog.Extent(backward, total, null);
    }

    List<AuditRow> rows(ReadTx tx, List<Long> seqs) throws SQLException {
        PreparedStatement select =
                tx.statement(selectRows + " WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq");
        select.setString(1, StrictJson.text(seqs));
        return rows(select);
    }

    /** As rows hold it: of one width, so that the order of the texts is that of the moments. */
    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : Timestamps.offset(instant);
    }

    private static void filter(StringBuilder where, List<String> values, String condition, @Nullable String value) {
        if (value != null) {
            where.append(condition);
            values.add(value);
        }
    }

    private long total(ReadTx tx, String where, List<String> values) throws SQLException {
        PreparedStatement count = tx.statement("SELECT count(*) FROM " + table + where);
        bind(count, values);
        try (ResultSet row = count.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** @return the index of the next parameter */
    private static int bind(PreparedStatement statement, List<String> values) throws SQLException {
        int index = 1;
        for (String value : values) {
            statement.setString(index++, value);
        }
        return index;
    }

    private static List<AuditRow> rows(PreparedStatement select) throws SQLException {
        List<AuditRow> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.add(new AuditRow(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9),
                        row.getString(10),
                        row.getString(11)));
            }
        }
        return rows;
    }
}
