package bulwark.seats.send;

import bulwark.kernel.evidence.audit.AuditEventType;
import java.util.List;

/** What the audit log says of sends. */
public final class SendEvents {
    static final AuditEventType RESERVED = AuditEventType.of(
            "transaction_reserved",
            "a nonce was taken for a plan, before anything was signed",
            "request_id",
            "plan",
            "kind",
            "sentence",
            "nonce",
            "attempt",
            "max_fee_wei",
            "replaced_max_fee_wei",
            "gas_limit");
    static final AuditEventType MOVED = AuditEventType.of(
            "transaction_moved",
            "a transaction of the treasury reached its next state",
            "from_state",
            "to_state",
            "nonce",
            "hash",
            "evidence",
            "why");
    static final AuditEventType REFUSED =
            AuditEventType.of("send_refused", "a plan was not sent", "request_id", "plan", "code", "why");
    static final AuditEventType NONCE_ADOPTED = AuditEventType.of(
            "nonce_adopted", "the line of nonces of an account was set to that of the chain", "from", "to", "why");
    static final AuditEventType PAUSED =
            AuditEventType.of("sends_paused", "nothing is signed and sent from now on", "request_id", "code", "why");
    static final AuditEventType CANCELLED = AuditEventType.of(
            "operation_cancelled", "a plan that was to be sent was taken back before it began", "request_id", "plan");
    static final AuditEventType RESUME_APPROVED = AuditEventType.of(
            "resume_approved", "a person approved that sends go on", "request_id", "pause", "person", "key");
    static final AuditEventType RESUMED =
            AuditEventType.of("sends_resumed", "a pause was lifted", "request_id", "pause", "code", "approvers");

    public static final List<AuditEventType> ALL =
            List.of(RESERVED, MOVED, REFUSED, NONCE_ADOPTED, PAUSED, CANCELLED, RESUME_APPROVED, RESUMED);

    private SendEvents() {}
}
