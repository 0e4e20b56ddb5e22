package bulwark.facts.fact;

import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a fact tells beside itself when it is read by id: which fact ended it and which ones disagree with it. */
final class FactStanding {
    /** Contradictions told of one fact: those that win against it first, then the newest. */
    private static final int MAX_TOLD = 16;

    private static final String RETRACTED_BY = "SELECT z.id, z.source, z.timestamp FROM fact_retractions r"
            + " JOIN facts z ON z.id = r.retracted_by WHERE r.fact_id = ?";
    private static final String CONTRADICTED_BY = "SELECT o.id, o.source, o.timestamp, o.confidence, c.conflict_id, ("
            + InForceSql.inForce("o") + " AND " + InForceSql.speaksLouder("o", "f")
            + ") AS wins FROM facts f JOIN conflicts c ON"
            + " (c.fact_a = f.id OR c.fact_b = f.id) JOIN facts o ON o.id = CASE WHEN c.status = 'resolved' AND"
            + " c.winner <> f.id THEN c.winner WHEN c.fact_a = f.id THEN c.fact_b ELSE c.fact_a END WHERE f.id = ?"
            + " ORDER BY wins DESC, c.seq DESC LIMIT " + MAX_TOLD;
    private static final String TIES = "SELECT count(*), min(CASE WHEN o.expires_at > ? THEN o.expires_at END) FROM"
            + " conflicts c JOIN facts o ON o.id IN (c.fact_a, c.fact_b, c.winner) WHERE c.fact_a = ? OR c.fact_b = ?";

    private FactStanding() {}

    /** @param end microseconds since the epoch after which one side expires, or the greatest number */
    record Ties(boolean any, long end) {}

    /** What conflicts tie to a fact. */
    static Ties ties(ReadTx tx, String factId, Instant now) throws SQLException {
        PreparedStatement select = tx.statement(TIES);
        select.setLong(1, IsoInstants.micros(now));
        select.setString(2, factId);
        select.setString(3, factId);
        try (ResultSet row = select.executeQuery()) {
            boolean any = row.next() && row.getLong(1) > 0;
            long end = any ? row.getLong(2) : 0;
            return new Ties(any, end == 0 ? Long.MAX_VALUE : end);
        }
    }

    /** Adds {@code retracted_by} and {@code contradicted_by} where there is something to tell. */
    static void tell(ReadTx tx, String factId, Ties ties, Instant now, Map<String, @Nullable Object> wire)
            throws SQLException {
        PreparedStatement select = tx.statement(RETRACTED_BY);
        select.setString(1, factId);
        try (ResultSet row = select.executeQuery()) {
            if (row.next()) {
                wire.put("retracted_by", other(row));
            }
        }
        if (ties.any) {
            wire.put("contradicted_by", contradictedBy(tx, factId, now));
        }
    }

    private static List<Object> contradictedBy(ReadTx tx, String factId, Instant now) throws SQLException {
        PreparedStatement select = tx.statement(CONTRADICTED_BY);
        select.setLong(1, IsoInstants.micros(now));
        select.setString(2, factId);
        List<Object> all = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                Map<String, @Nullable Object> each = other(rows);
                each.put("confidence", rows.getDouble(4));
                each.put("conflict_id", rows.getString(5));
                each.put("wins", rows.getBoolean(6));
                all.add(each);
            }
        }
        return all;
    }

    private static Map<String, @Nullable Object> other(ResultSet row) throws SQLException {
        Map<String, @Nullable Object> other = new LinkedHashMap<>();
        other.put("fact_id", row.getString(1));
        other.put("source", row.getString(2));
        other.put("timestamp", row.getString(3));
        return other;
    }
}
