package bulwark.kernel.evidence;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row as stored: detail is canonical JSON text; rowHash = SHA-256 over the canonical JSON of all other columns and the previous hash. */
public record AuditRow(
        long seq,
        String id,
        String type,
        @Nullable String principal,
        String tenant,
        @Nullable String subject,
        @Nullable String source,
        String ts,
        String detail,
        @Nullable String previousHash,
        String rowHash) {

    /**
     * Lower-case hex over the columns by their names in the table; what this program leaves empty is hashed as null.
     *
     * @param columns all columns but {@code row_hash}
     */
    static String hash(Map<String, @Nullable Object> columns) {
        return Digests.sha256Hex(CanonicalJson.bytes(columns));
    }

    /** The row that stands at {@code seq} with its hash in place. */
    static AuditRow linked(long seq, String id, AuditDraft draft, @Nullable String previousHash) {
        Map<String, @Nullable Object> columns = HashMap.newHashMap(12);
        columns.put("seq", seq);
        columns.put("id", id);
        columns.put("event_type", draft.type());
        columns.put("entity_uri", draft.principal());
        columns.put("oidc_sub", null);
        columns.put("fact_id", draft.subject());
        columns.put("source", draft.source());
        columns.put("attested_key_id", null);
        columns.put("ts", draft.ts());
        columns.put("tenant_id", draft.tenant());
        columns.put("detail", draft.detail());
        columns.put("prev_hash", previousHash);
        return new AuditRow(
                seq,
                id,
                draft.type(),
                draft.principal(),
                draft.tenant(),
                draft.subject(),
                draft.source(),
                draft.ts(),
                draft.detail(),
                previousHash,
                hash(columns));
    }
}
