package bulwark.gateway;

import bulwark.gateway.admin.AdminApi;
import bulwark.gateway.caller.GatewayIdentity;
import bulwark.gateway.credential.BackendCredentials;
import bulwark.gateway.feed.ControlPlaneLink;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.store.AuditedStore;
import java.util.List;
import java.util.stream.Stream;

/** Every event in the audit table of a gateway. */
public final class GatewayAuditEvents {
    public static final List<AuditEventType> ALL = Stream.of(
                    GatewayIdentity.EVENTS,
                    AdminApi.events(),
                    ControlPlaneLink.EVENTS,
                    BackendCredentials.EVENTS,
                    List.of(AuditedStore.LOSS_ACCEPTED, AuditedStore.JOURNAL_TORN))
            .flatMap(List::stream)
            .toList();

    private GatewayAuditEvents() {}
}
