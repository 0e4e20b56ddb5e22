package bulwark.seats.approval;

import bulwark.kernel.evidence.audit.AuditEventType;
import java.util.List;

/** What the audit log says of plans. */
public final class PlanEvents {
    static final AuditEventType PROPOSED = AuditEventType.of(
            "plan_proposed", "a plan was made", "request_id", "remote", "kind", "seat", "sentence", "person");
    static final AuditEventType DECIDED = AuditEventType.of(
            "plan_decided",
            "a person approved or rejected a plan",
            "request_id",
            "remote",
            "decision",
            "person",
            "key");
    static final AuditEventType VOIDED =
            AuditEventType.of("plan_voided", "a plan was made void", "request_id", "remote", "reason");

    static final AuditEventType HANDED_OVER = AuditEventType.of(
            "plan_handed_over", "an approved plan was handed over to be sent", "request_id", "remote", "operation");

    public static final List<AuditEventType> ALL = List.of(PROPOSED, DECIDED, VOIDED, HANDED_OVER);

    private PlanEvents() {}
}
