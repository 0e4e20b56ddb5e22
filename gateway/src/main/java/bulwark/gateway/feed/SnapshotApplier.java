package bulwark.gateway.feed;

import bulwark.gateway.apikey.PushedKey;
import bulwark.gateway.quota.QuotaConsumer;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RoutesRefused;
import bulwark.gateway.snapshot.GatewaySnapshot;
import bulwark.gateway.snapshot.SignedSnapshot;
import bulwark.gateway.snapshot.SnapshotKey;
import bulwark.kernel.evidence.AuditEvent;
import bulwark.kernel.evidence.AuditEventType;
import bulwark.kernel.quota.QuotaPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries out snapshots, each as a whole or not at all. For one thread; {@link #current} for any. */
final class SnapshotApplier {
    static final AuditEventType APPLIED = AuditEventType.of(
            "snapshot_applied",
            "a snapshot of the control plane was carried out",
            "generation",
            "digest",
            "routes",
            "keys");
    static final AuditEventType REFUSED = AuditEventType.of(
            "snapshot_refused", "a snapshot of the control plane was refused as a whole", "generation", "reasons");

    private static final String TENANT = "default";
    private static final int MAX_REASONS = 20;

    private final SnapshotTarget target;
    private volatile @Nullable SignedSnapshot current;

    SnapshotApplier(SnapshotTarget target) {
        this.target = target;
    }

    /** What is carried out now; null before the first one. */
    @Nullable
    SignedSnapshot current() {
        return current;
    }

    long generation() {
        SignedSnapshot now = current;
        return now == null ? 0 : now.snapshot().generation();
    }

    /**
     * @param next whose signature holds
     * @param own id of this gateway; null for a snapshot that this gateway itself kept
     * @param keep makes it durable before it counts
     * @throws RoutesRefused with every reason; what was carried out before goes on
     */
    void apply(SignedSnapshot next, @Nullable String own, Durable keep) throws java.io.IOException {
        GatewaySnapshot snapshot = next.snapshot();
        List<String> reasons = new ArrayList<>();
        if (own != null && !snapshot.gateway().equals(own)) {
            reasons.add("The snapshot is for the gateway " + snapshot.gateway() + " and not for this one.");
        }
        if (snapshot.generation() < generation()) {
            reasons.add("The snapshot is of generation " + snapshot.generation() + ", and this gateway carries out "
                    + generation() + ": the control plane was restored from an older backup. Look at what it lost, then"
                    + " run stoa control-plane resume there.");
        }
        if (reasons.isEmpty()) {
            judge(snapshot, own != null, reasons);
        }
        if (!reasons.isEmpty()) {
            throw new RoutesRefused(reasons);
        }
        Runnable publish = target.routes().preparePushed(snapshot.routes());
        keep.write();
        publish.run();
        target.revocations().replacePushed(snapshot.revocations());
        target.plans().push(plans(snapshot));
        target.keys().push(keys(snapshot));
        current = next;
        audit(APPLIED.event(
                null,
                TENANT,
                null,
                null,
                Map.of(
                        "generation",
                        snapshot.generation(),
                        "digest",
                        next.digest(),
                        "routes",
                        snapshot.routes().size(),
                        "keys",
                        snapshot.keys().size())));
    }

    /** Makes a snapshot durable. */
    @FunctionalInterface
    interface Durable {
        void write() throws java.io.IOException;
    }

    /** The control plane is believed as little as anybody who registers a route. @param lookUp whether names are looked up; a route that stands was */
    private void judge(GatewaySnapshot snapshot, boolean lookUp, List<String> reasons) {
        SignedSnapshot before = current;
        Set<ApiRoute> known =
                new HashSet<>(before == null ? List.of() : before.snapshot().routes());
        for (ApiRoute route : snapshot.routes()) {
            var blocked = lookUp && !known.contains(route)
                    ? target.guard().blocked(route)
                    : target.guard().blockedAsWritten(route);
            blocked.forEach(no -> reasons.add("The route " + route.id() + ", " + no.field() + ": " + no.sentence()));
        }
    }

    private static Map<String, QuotaPlan> plans(GatewaySnapshot snapshot) {
        Map<String, QuotaPlan> byName = new HashMap<>();
        snapshot.plans().forEach(plan -> byName.put(plan.name(), plan));
        Map<String, QuotaPlan> byConsumer = new HashMap<>();
        for (SnapshotKey key : snapshot.keys()) {
            QuotaPlan plan = byName.get(key.plan());
            if (plan != null) {
                byConsumer.put(QuotaConsumer.ofKey(key.subscription()), plan);
            }
        }
        return byConsumer;
    }

    private static Map<String, PushedKey> keys(GatewaySnapshot snapshot) {
        Map<String, PushedKey> byLookup = new HashMap<>();
        for (SnapshotKey key : snapshot.keys()) {
            byLookup.put(
                    key.lookup(),
                    new PushedKey(
                            key.subscription(),
                            key.consumer(),
                            key.tenant(),
                            key.route(),
                            key.profile(),
                            key.expires()));
        }
        return byLookup;
    }

    /** Evidence of what was not carried out. */
    void refused(long generation, List<String> reasons) {
        List<String> some = reasons.size() > MAX_REASONS ? reasons.subList(0, MAX_REASONS) : reasons;
        audit(REFUSED.event(
                null, TENANT, null, null, Map.of("generation", generation, "reasons", String.join(" ", some))));
    }

    private void audit(AuditEvent event) {
        target.store().store().write(tx -> target.store().audit().append(tx, event));
    }
}
