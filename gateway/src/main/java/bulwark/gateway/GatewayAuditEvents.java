package bulwark.gateway;

import bulwark.kernel.evidence.AuditEventType;
import java.util.List;

/** Every event in the audit table of a gateway. */
public final class GatewayAuditEvents {
    public static final List<AuditEventType> ALL = List.of();

    private GatewayAuditEvents() {}
}
