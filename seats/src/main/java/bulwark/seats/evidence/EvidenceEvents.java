package bulwark.seats.evidence;

import bulwark.kernel.evidence.audit.AuditEventType;
import java.util.List;

/** What the audit log says of evidence bundles: their heads, so that neither files nor rows can be shortened unseen. */
public final class EvidenceEvents {
    static final AuditEventType WRITTEN = AuditEventType.of(
            "evidence_written",
            "a bundle of evidence was written and synced",
            "chain",
            "number",
            "bundle_hash",
            "bundle_action",
            "adopted");

    public static final List<AuditEventType> ALL = List.of(WRITTEN);

    private EvidenceEvents() {}
}
