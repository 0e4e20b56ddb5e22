package bulwark.gateway.control.instance;

import bulwark.gateway.control.instance.GatewayStatus.Heartbeat;
import bulwark.gateway.control.snapshot.SnapshotFeed;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.control.state.TenantScope;
import java.util.List;
import java.util.Optional;

/** Compares what gateways carry out with what they should. Thread-safe. */
public final class GatewaySync {
    private static final TenantScope PLATFORM = PlatformScope.ofProcess().ownObjects();

    private final ControlStore store;
    private final SnapshotFeed feed;
    private final GatewayStatus status;

    public GatewaySync(ControlStore store, SnapshotFeed feed, GatewayStatus status) {
        this.store = store;
        this.feed = feed;
        this.status = status;
    }

    /** The gateways that serve a tenant. */
    public List<ControlObject> serving(String tenant) {
        return store.read(PLATFORM, tx -> tx.all(ObjectKind.GATEWAY, ObjectFilter.ALL)).stream()
                .filter(gateway -> gateway.text(GatewayResource.TENANT).isEmpty()
                        || gateway.text(GatewayResource.TENANT).equals(tenant))
                .toList();
    }

    /** How many administrators of the platform the operator has named. */
    public long administrators() {
        return store.read(PLATFORM, tx -> tx.count(ObjectKind.ADMINISTRATOR, ObjectFilter.ALL));
    }

    public boolean isOnline(ControlObject gateway) {
        return status.isOnline(gateway.id());
    }

    /** One of pending, syncing, synced, drifted, error. Drifted: the gateway carries out something else than this control plane would have it, or something newer. */
    public String status(ControlObject gateway) {
        long desired = feed.generation();
        Optional<Heartbeat> heartbeat = status.of(gateway.id());
        if (heartbeat.isPresent() && heartbeat.get().generation() > desired) {
            return "drifted";
        }
        if (gateway.text(GatewayResource.ACK_STATUS).equals("refused")
                && gateway.number(GatewayResource.ACKED, 0) == desired) {
            return "error";
        }
        long acked = heartbeat.map(Heartbeat::generation).orElse(gateway.number(GatewayResource.ACKED, 0));
        if (acked == 0 && desired > 0) {
            return "pending";
        }
        if (acked < desired) {
            return "syncing";
        }
        boolean differs = heartbeat
                .map(last -> !last.digest().isEmpty()
                        && !last.digest().equals(feed.digest(GatewayResource.recipient(gateway))))
                .orElse(false);
        return differs ? "drifted" : "synced";
    }
}
