package bulwark.kernel.evidence.log;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a payload of this store stands in the transparency log: a row of the table {@code log_anchors}.
 *
 * @param integratedTime epoch seconds
 */
public record LogAnchor(
        String logId,
        String leafHash,
        long logIndex,
        long integratedTime,
        Map<String, ? extends @Nullable Object> inclusionProof) {

    public static LogAnchor of(LogEntry entry) {
        return new LogAnchor(
                entry.logId(), entry.leafHash(), entry.logIndex(), entry.integratedTime(), entry.inclusionProof());
    }

    public static Optional<LogAnchor> find(ReadTx tx, String dedupeKey) throws SQLException {
        PreparedStatement select = tx.statement("SELECT log_id, leaf_hash, log_index, integrated_time, inclusion_proof"
                + " FROM log_anchors WHERE dedupe_key = ?");
        select.setString(1, dedupeKey);
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            byte[] proof = rows.getString(5).getBytes(StandardCharsets.UTF_8);
            return Optional.of(new LogAnchor(
                    rows.getString(1),
                    rows.getString(2),
                    rows.getLong(3),
                    rows.getLong(4),
                    LogRecord.object(StrictJson.parse(proof))));
        }
    }

    /** Those that stand in a log beyond this machine, without their proofs. The id of a local log has 16 digits, that of a Rekor service 64. */
    public static List<LogAnchor> remote(ReadTx tx) throws SQLException {
        List<LogAnchor> anchors = new ArrayList<>();
        PreparedStatement select = tx.statement("SELECT log_id, leaf_hash, log_index, integrated_time FROM log_anchors"
                + " WHERE length(log_id) = 64 ORDER BY log_index");
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                anchors.add(new LogAnchor(
                        rows.getString(1), rows.getString(2), rows.getLong(3), rows.getLong(4), Map.of()));
            }
        }
        return anchors;
    }

    public void insert(WriteTx tx, String dedupeKey) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO log_anchors"
                + " (dedupe_key, log_id, leaf_hash, log_index, integrated_time, inclusion_proof) VALUES (?,?,?,?,?,?)"
                + " ON CONFLICT (dedupe_key) DO NOTHING");
        insert.setString(1, dedupeKey);
        insert.setString(2, logId);
        insert.setString(3, leafHash);
        insert.setLong(4, logIndex);
        insert.setLong(5, integratedTime);
        insert.setString(6, CanonicalJson.text(inclusionProof));
        insert.executeUpdate();
    }

    /** As answers carry it. */
    public Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("log_id", logId);
        members.put("log_index", logIndex);
        members.put("leaf_hash", leafHash);
        members.put("integrated_time", integratedTime);
        return members;
    }
}
