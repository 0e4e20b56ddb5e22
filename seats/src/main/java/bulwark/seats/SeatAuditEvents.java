package bulwark.seats;

import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.seats.action.AllowlistActions;
import bulwark.seats.approval.PlanEvents;
import bulwark.seats.evidence.EvidenceEvents;
import bulwark.seats.identity.IdentityEvents;
import bulwark.seats.operation.Dashboard;
import bulwark.seats.seat.SeatEvents;
import bulwark.seats.send.SendEvents;
import bulwark.seats.staker.StakerKeys;
import bulwark.web.EdgeAuditEvents;
import java.util.List;
import java.util.stream.Stream;

/** Every audit event of a service. */
public final class SeatAuditEvents {
    public static final List<AuditEventType> ALL = Stream.of(
                    EdgeAuditEvents.ALL.stream(),
                    IdentityEvents.ALL.stream(),
                    SeatEvents.ALL.stream(),
                    PlanEvents.ALL.stream(),
                    AllowlistActions.EVENTS.stream(),
                    SendEvents.ALL.stream(),
                    EvidenceEvents.ALL.stream(),
                    Dashboard.EVENTS.stream(),
                    StakerKeys.EVENTS.stream(),
                    Stream.of(AuditedStore.LOSS_ACCEPTED, GuardedRows.BASELINE))
            .flatMap(each -> each)
            .toList();

    private SeatAuditEvents() {}
}
