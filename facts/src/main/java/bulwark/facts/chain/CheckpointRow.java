package bulwark.facts.chain;

import bulwark.kernel.evidence.log.LogEntry;
import bulwark.kernel.evidence.log.LogRecord;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A chain head on its way into the transparency log. @param anchor where it stands there, or null while pending */
record CheckpointRow(
        String id,
        String tenant,
        long covered,
        String chainHash,
        int attempts,
        String createdAt,
        @Nullable String submittedAt,
        @Nullable String lastError,
        @Nullable Anchor anchor) {
    private static final String COLUMNS = "id, tenant_id, covered_chain_seq, chain_hash, attempt_count, created_at,"
            + " submitted_at, last_error, tl_backend, tl_log_id, tl_leaf_hash, tl_log_index, tl_integrated_time,"
            + " tl_inclusion_proof, tl_raw";

    /** proof and raw are JSON text. */
    record Anchor(
            String backend, String logId, String leafHash, long index, long integratedTime, String proof, String raw) {}

    static CheckpointRow pending(String tenant, long covered, String chainHash, String now) {
        String id = "chaincp_" + UUID.randomUUID().toString().replace("-", "");
        return new CheckpointRow(id, tenant, covered, chainHash, 0, now, null, null, null);
    }

    Map<String, @Nullable Object> payload() {
        return ChainHash.checkpoint(tenant, covered, chainHash, createdAt);
    }

    CheckpointRow submitted(String backend, LogEntry entry, String now) {
        Anchor at = new Anchor(
                backend,
                entry.logId(),
                entry.leafHash(),
                entry.logIndex(),
                entry.integratedTime(),
                json(entry.inclusionProof()),
                json(entry.raw()));
        return new CheckpointRow(id, tenant, covered, chainHash, attempts + 1, createdAt, now, null, at);
    }

    CheckpointRow failed(String error) {
        return new CheckpointRow(id, tenant, covered, chainHash, attempts + 1, createdAt, null, error, null);
    }

    /** Inserts or replaces the row of this id. */
    void save(WriteTx tx) throws SQLException {
        PreparedStatement save = tx.statement("INSERT OR REPLACE INTO fact_chain_checkpoints (" + COLUMNS
                + ", status) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        save.setString(1, id);
        save.setString(2, tenant);
        save.setLong(3, covered);
        save.setString(4, chainHash);
        save.setInt(5, attempts);
        save.setString(6, createdAt);
        save.setString(7, submittedAt);
        save.setString(8, lastError);
        Anchor at = anchor;
        if (at == null) {
            for (int column = 9; column <= 15; column++) {
                save.setNull(column, Types.NULL);
            }
        } else {
            save.setString(9, at.backend);
            save.setString(10, at.logId);
            save.setString(11, at.leafHash);
            save.setLong(12, at.index);
            save.setLong(13, at.integratedTime);
            save.setString(14, at.proof);
            save.setString(15, at.raw);
        }
        save.setString(16, at == null ? "pending" : "submitted");
        save.executeUpdate();
    }

    boolean isOfTheChain(ReadTx tx) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT 1 FROM fact_chain WHERE tenant_id = ? AND chain_seq = ? AND chain_hash = ?");
        select.setString(1, tenant);
        select.setLong(2, covered);
        select.setString(3, chainHash);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    static @Nullable CheckpointRow byId(ReadTx tx, String id) throws SQLException {
        PreparedStatement select = tx.statement("SELECT " + COLUMNS + " FROM fact_chain_checkpoints WHERE id = ?");
        select.setString(1, id);
        return first(select);
    }

    /** The newest by what it covers. @param submitted only those that stand in the log */
    static @Nullable CheckpointRow newest(ReadTx tx, String tenant, boolean submitted) throws SQLException {
        PreparedStatement select = tx.statement("SELECT " + COLUMNS + " FROM fact_chain_checkpoints WHERE tenant_id = ?"
                + (submitted ? " AND status = 'submitted'" : "") + " ORDER BY covered_chain_seq DESC LIMIT 1");
        select.setString(1, tenant);
        return first(select);
    }

    /** @param tlogProof of this row's leaf in the tree of the local log, or null */
    Map<String, @Nullable Object> toJson(@Nullable String tlogProof) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("tenant_id", tenant);
        json.put("covered_chain_seq", covered);
        json.put("chain_hash", chainHash);
        json.put("status", anchor == null ? "pending" : "submitted");
        json.put("attempt_count", attempts);
        json.put("created_at", createdAt);
        json.put("submitted_at", submittedAt);
        json.put("last_error", lastError);
        Anchor at = anchor;
        json.put("tl_backend", at == null ? null : at.backend);
        json.put("tl_log_id", at == null ? null : at.logId);
        json.put("tl_leaf_hash", at == null ? null : at.leafHash);
        json.put("tl_log_index", at == null ? null : at.index);
        json.put("tl_integrated_time", at == null ? null : at.integratedTime);
        Map<String, @Nullable Object> proof = at == null ? new LinkedHashMap<>() : LogRecord.object(parsed(at.proof));
        if (tlogProof != null) {
            proof.put("tlog_proof", tlogProof);
        }
        json.put("tl_inclusion_proof", proof);
        json.put("tl_raw", at == null ? Map.of() : parsed(at.raw));
        return json;
    }

    private static @Nullable CheckpointRow first(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            String backend = row.getString(9);
            Anchor anchor = backend == null
                    ? null
                    : new Anchor(
                            backend,
                            row.getString(10),
                            row.getString(11),
                            row.getLong(12),
                            row.getLong(13),
                            row.getString(14),
                            row.getString(15));
            return new CheckpointRow(
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3),
                    row.getString(4),
                    row.getInt(5),
                    row.getString(6),
                    row.getString(7),
                    row.getString(8),
                    anchor);
        }
    }

    private static JsonNode parsed(String json) {
        return StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String json(Object value) {
        return StrictJson.text(value);
    }
}
