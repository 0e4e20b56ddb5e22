package bulwark.kernel.evidence.audit;

import bulwark.kernel.signing.Digests;
import org.jspecify.annotations.Nullable;

/**
 * One row as stored: detail is canonical JSON text; rowHash = SHA-256, in lower-case hex, over the canonical JSON of all other columns,
 * by their names in the table.
 */
public record AuditRow(
        long seq,
        String id,
        String type,
        @Nullable String actor,
        String tenant,
        @Nullable String subject,
        @Nullable String source,
        String ts,
        String detail,
        @Nullable String previousHash,
        String rowHash) {

    /** The row that stands at {@code seq} with its hash in place. */
    static AuditRow linked(
            AuditRowJson json, long seq, String id, PendingAuditRow draft, @Nullable String previousHash) {
        return new AuditRow(
                seq,
                id,
                draft.type(),
                draft.actor(),
                draft.tenant(),
                draft.subject(),
                draft.source(),
                draft.ts(),
                draft.detail(),
                previousHash,
                Digests.sha256Hex(json.text(seq, id, draft, previousHash)));
    }
}
