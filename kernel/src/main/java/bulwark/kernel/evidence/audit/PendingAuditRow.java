package bulwark.kernel.evidence.audit;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.time.Timestamps;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row before it has its place: rendered on the caller's thread, so that the writer has less to do. */
record PendingAuditRow(
        String type,
        @Nullable String actor,
        String tenant,
        @Nullable String subject,
        @Nullable String source,
        String ts,
        String detail) {

    static PendingAuditRow of(AuditEvent event, Instant at) {
        return new PendingAuditRow(
                event.type(),
                event.actor(),
                event.tenant(),
                event.subject(),
                event.source(),
                Timestamps.offset(at),
                event.detail().isEmpty() ? "{}" : CanonicalJson.text(event.detail()));
    }
}
