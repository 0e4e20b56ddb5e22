package bulwark.kernel.evidence.outbox;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.LogRecord;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.WriteTx;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Signs an outbox row in the mutation that makes it and checks it before it is carried out, so that a row which somebody planted in the
 * store never reaches the log. The signature is the log key's and covers kind, dedupe key and payload. Thread-safe.
 */
public final class OutboxSeal {
    private static final String PURPOSE = "bulwark.dev/outbox/row/v1";

    private final LogKeys keys;

    public OutboxSeal(LogKeys keys) {
        this.keys = keys;
    }

    /** The text for the outbox. @param payload canonical-JSON members */
    public String seal(String kind, String dedupeKey, Map<String, ? extends @Nullable Object> payload) {
        LogKeys.Signature signature = keys.sign(PURPOSE, statement(kind, dedupeKey, payload));
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("payload", payload);
        members.put("key_id", signature.keyId());
        members.put("signature", signature.value());
        return CanonicalJson.text(members);
    }

    /** The payload that was sealed. @throws OutboxRefused when this program did not write the row */
    public Map<String, @Nullable Object> open(String kind, String dedupeKey, String text) throws OutboxRefused {
        try {
            Map<String, @Nullable Object> members =
                    LogRecord.object(StrictJson.parse(text.getBytes(StandardCharsets.UTF_8)));
            if (members.get("payload") instanceof Map<?, ?> sealed
                    && members.get("key_id") instanceof String keyId
                    && members.get("signature") instanceof String value) {
                Map<String, @Nullable Object> payload = new LinkedHashMap<>();
                sealed.forEach((name, member) -> payload.put(String.valueOf(name), member));
                LogKeys.Signature signature = new LogKeys.Signature(keyId, value);
                String fault = keys.fault(PURPOSE, statement(kind, dedupeKey, payload), signature);
                if (fault == null && keys.trusts(keyId)) {
                    return payload;
                }
                throw new OutboxRefused("the row "
                        + (fault == null ? "is signed by the log key " + keyId + ", which is trusted no more" : fault));
            }
        } catch (StrictJson.JsonRefused | IllegalArgumentException e) {
            throw new OutboxRefused("the row cannot be read: " + e.getMessage());
        }
        throw new OutboxRefused("the row carries no signature: this program did not write it");
    }

    /** Signs the rows of a kind that an older version left open. Once, when the store is first given its signed heads. */
    public void sealOpenRows(WriteTx tx, String kind) throws SQLException {
        for (Map.Entry<String, String> row : openRows(tx, kind).entrySet()) {
            byte[] payload = row.getValue().getBytes(StandardCharsets.UTF_8);
            replace(tx, kind, row.getKey(), seal(kind, row.getKey(), LogRecord.object(StrictJson.parse(payload))));
        }
    }

    /** After a rotation: rows that still wait bear the new key's signature, so that the former one can be distrusted. Others stay as they are. */
    public void resealOpenRows(WriteTx tx, String kind) throws SQLException {
        for (Map.Entry<String, String> row : openRows(tx, kind).entrySet()) {
            try {
                replace(tx, kind, row.getKey(), seal(kind, row.getKey(), open(kind, row.getKey(), row.getValue())));
            } catch (OutboxRefused refused) {
                // Is refused again, and audited, when it is to be carried out.
                continue;
            }
        }
    }

    private static Map<String, String> openRows(WriteTx tx, String kind) throws SQLException {
        Map<String, String> open = new HashMap<>();
        PreparedStatement select =
                tx.statement("SELECT dedupe_key, payload FROM outbox WHERE done_at IS NULL AND kind = ?");
        select.setString(1, kind);
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                open.put(row.getString(1), row.getString(2));
            }
        }
        return open;
    }

    private static void replace(WriteTx tx, String kind, String dedupeKey, String sealed) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE outbox SET payload = ? WHERE kind = ? AND dedupe_key = ?");
        update.setString(1, sealed);
        update.setString(2, kind);
        update.setString(3, dedupeKey);
        update.executeUpdate();
    }

    private static Map<String, @Nullable Object> statement(
            String kind, String dedupeKey, Map<String, ? extends @Nullable Object> payload) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("kind", kind);
        members.put("dedupe_key", dedupeKey);
        members.put("payload", payload);
        return members;
    }
}
