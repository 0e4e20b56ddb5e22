package bulwark.kernel.evidence;

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
        String rowHash) {}
