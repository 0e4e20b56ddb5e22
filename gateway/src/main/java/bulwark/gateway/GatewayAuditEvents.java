package bulwark.gateway;

import bulwark.kernel.evidence.AuditEventType;
import bulwark.kernel.evidence.store.AuditedStore;
import java.util.List;

/** Every event in the audit table of a gateway. */
public final class GatewayAuditEvents {
    public static final List<AuditEventType> ALL = List.of(AuditedStore.LOSS_ACCEPTED, AuditedStore.JOURNAL_TORN);

    private GatewayAuditEvents() {}
}
