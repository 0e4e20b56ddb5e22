package bulwark.kernel.evidence.audit;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stored audit row as its hash covers it.
 *
 * @param columns by the names that were hashed: {@code seq} is a Long, all others text or null; {@code row_hash} is not among them
 * @param rowHash as it stands in the table
 * @param fits whether the hash is that of the columns
 */
public record HashedRow(long seq, Map<String, @Nullable Object> columns, String rowHash, boolean fits) {

    /** Of a row with {@code row_hash} and, behind it, {@code names}. */
    static HashedRow read(ResultSet row, List<String> names) throws SQLException {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            columns.put(name, name.equals(AuditColumns.SEQ) ? (Object) row.getLong(i + 2) : row.getString(i + 2));
        }
        return of(columns, String.valueOf(row.getString(1)));
    }

    private static HashedRow of(Map<String, @Nullable Object> columns, String rowHash) {
        boolean fits;
        try {
            fits = Digests.sha256Hex(CanonicalJson.bytes(columns)).equals(rowHash);
        } catch (IllegalArgumentException e) {
            // Text that this program cannot have written.
            fits = false;
        }
        return new HashedRow(columns.get(AuditColumns.SEQ) instanceof Long seq ? seq : 0, columns, rowHash, fits);
    }

    /** The same row under other names. */
    HashedRow renamed(AuditColumns from, AuditColumns to) {
        Map<String, @Nullable Object> renamed = new LinkedHashMap<>(columns);
        renamed.put(to.actor(), renamed.remove(from.actor()));
        renamed.put(to.subject(), renamed.remove(from.subject()));
        to.unused().forEach(name -> renamed.putIfAbsent(name, null));
        return of(renamed, rowHash);
    }

    /** All columns, {@code row_hash} too. */
    public Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>(columns);
        members.put(AuditColumns.ROW_HASH, rowHash);
        return members;
    }

    /** The hash of the row before it; null for the first. */
    public @Nullable String previousHash() {
        return columns.get(AuditColumns.PREVIOUS_HASH) instanceof String hash ? hash : null;
    }
}
