package bulwark.kernel.evidence;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
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

    /** The row that stands at {@code seq} with its hash in place: {@link #hash} of it, written without a map on the way. */
    static AuditRow linked(long seq, String id, PendingAuditRow draft, @Nullable String previousHash) {
        StringBuilder json = new StringBuilder(480 + draft.detail().length());
        member(json, "{\"attested_key_id\":null,\"detail\":", draft.detail());
        member(json, ",\"entity_uri\":", draft.principal());
        member(json, ",\"event_type\":", draft.type());
        member(json, ",\"fact_id\":", draft.subject());
        member(json, ",\"id\":", id);
        member(json, ",\"oidc_sub\":null,\"prev_hash\":", previousHash);
        json.append(",\"seq\":").append(seq);
        member(json, ",\"source\":", draft.source());
        member(json, ",\"tenant_id\":", draft.tenant());
        member(json, ",\"ts\":", draft.ts());
        String hash = Digests.sha256Hex(json.append('}').toString());
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
                hash);
    }

    private static void member(StringBuilder json, String before, @Nullable String text) {
        CanonicalJson.append(json.append(before), text);
    }
}
