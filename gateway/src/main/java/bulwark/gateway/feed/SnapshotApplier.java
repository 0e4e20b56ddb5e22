package bulwark.gateway.feed;

import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RoutesRefused;
import bulwark.gateway.snapshot.GatewaySnapshot;
import bulwark.gateway.snapshot.SignedSnapshot;
import bulwark.gateway.snapshot.SnapshotAuthority;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries out snapshots: what one takes away at once, all else as a whole or not at all. For one thread; {@link #current} for any. */
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

    static final AuditEventType DELTA_REFUSED = AuditEventType.of(
            "snapshot_delta_refused",
            "changes of a snapshot of the control plane were not used, and the whole was asked for",
            "generation",
            "reasons");

    private static final String TENANT = "default";
    private static final int MAX_REASONS = 20;

    private final SnapshotTarget target;
    private final CarriedGeneration carried;
    private volatile @Nullable SignedSnapshot current;
    private @Nullable Prepared prepared;

    /** What is looked up for calls, made once for a snapshot. */
    private record Prepared(GatewaySnapshot snapshot, PushedConsumers consumers) {}

    SnapshotApplier(SnapshotTarget target) {
        this.target = target;
        this.carried = new CarriedGeneration(target.store());
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
     * Whether the snapshot is meant for this gateway, and not older than one that it carried out.
     *
     * @param next whose signature holds
     * @param own id of this gateway
     * @throws RoutesRefused with the reason
     */
    void admit(GatewaySnapshot next, String own) {
        if (!next.gateway().equals(own)) {
            throw new RoutesRefused(
                    List.of("The snapshot is for the gateway " + next.gateway() + " and not for this one."));
        }
        long newest = Math.max(generation(), carried.of(own).orElse(0));
        if (next.generation() < newest) {
            throw new RoutesRefused(List.of("The snapshot is of generation " + next.generation()
                    + ", and this gateway carries out " + newest
                    + ": the control plane was restored from an older backup. Look at what it lost, then"
                    + " run stoa control-plane resume there."));
        }
    }

    /**
     * As {@link #admit}, for the snapshot that this gateway itself kept.
     *
     * @throws SnapshotUnusable when the store has carried out a newer one, or one of another gateway
     */
    void admitKept(GatewaySnapshot kept, Path file) {
        OptionalLong newest = carried.of(kept.gateway());
        if (newest.isEmpty() && carried.any()) {
            throw new SnapshotUnusable(
                    List.of(
                            file + " is for the gateway " + kept.gateway()
                                    + ", which this one never was; restore the file, or delete it to take what the control plane sends"));
        }
        if (kept.generation() < newest.orElse(0)) {
            throw new SnapshotUnusable(List.of(file + " is of generation " + kept.generation()
                    + ", and this gateway carried out " + newest.getAsLong()
                    + ": what was revoked since would be good again. Restore the newer file, or delete it to take what"
                    + " the control plane sends"));
        }
    }

    /**
     * Carries out at once what a snapshot takes away: revoked tokens and withdrawn keys. It is safe alone, so no fault of a route holds it up.
     *
     * @param next which {@link #admit} let pass
     */
    void withdraw(GatewaySnapshot next) {
        target.revocations().addPushed(next.revocations());
        PushedConsumers consumers = consumers(next);
        target.keys().withdrawPushed(consumers.keys());
        target.certificates().withdraw(consumers.certificates());
        target.applications().withdraw(consumers.applications(), consumers.demanding());
    }

    /**
     * @param next which {@link #admit} let pass
     * @param lookUp whether names of new routes are looked up
     * @param keep makes it durable
     * @throws RoutesRefused with every reason; what was carried out before goes on
     */
    void apply(SignedSnapshot next, boolean lookUp, Durable keep) throws java.io.IOException {
        GatewaySnapshot snapshot = next.snapshot();
        List<String> reasons = new ArrayList<>();
        judge(snapshot, lookUp, reasons);
        if (!reasons.isEmpty()) {
            throw new RoutesRefused(reasons);
        }
        target.routes()
                .preparePushed(snapshot.generation(), snapshot.routes(), snapshot.policies())
                .run();
        target.revocations().replacePushed(snapshot.revocations());
        PushedConsumers consumers = consumers(snapshot);
        target.plans().push(consumers.plans());
        target.applications().push(consumers.applications(), consumers.demanding());
        target.keys().push(consumers.keys());
        push(snapshot.authorities(), consumers);
        keep.write();
        AuditEvent event = APPLIED.event(
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
                        snapshot.keys().size()));
        carried.set(snapshot.gateway(), snapshot.generation(), event);
        current = next;
    }

    /** Makes a snapshot durable. */
    @FunctionalInterface
    interface Durable {
        void write() throws java.io.IOException;
    }

    /** The control plane is believed as little as anybody who registers a route. A route that stands was judged. @param lookUp whether names are looked up */
    private void judge(GatewaySnapshot snapshot, boolean lookUp, List<String> reasons) {
        SignedSnapshot before = current;
        List<ApiRoute> standing = before == null ? List.of() : before.snapshot().routes();
        for (ApiRoute route : notAmong(standing, snapshot.routes())) {
            if (!route.upstreamTls().isWithin(route.tenantId())) {
                reasons.add(
                        "The route " + route.id()
                                + ", upstream_tls: names a file beside the folder of its tenant, which the gateway's own routes alone may.");
            }
            var blocked =
                    lookUp ? target.guard().blocked(route) : target.guard().blockedAsWritten(route);
            // A name without an address is no reason: each connection is judged again, and nothing else must wait for
            // it.
            blocked.stream()
                    .filter(no -> !no.isUnresolvable())
                    .forEach(no -> reasons.add("The route " + route.id() + ", " + no.field() + ": " + no.sentence()));
        }
    }

    /** Those of the next that did not stand before. Most of them stand as they did at both ends of the list. */
    private static List<ApiRoute> notAmong(List<ApiRoute> before, List<ApiRoute> next) {
        int both = Math.min(before.size(), next.size());
        int from = 0;
        while (from < both && before.get(from) == next.get(from)) {
            from++;
        }
        int tail = 0;
        while (tail < both - from && before.get(before.size() - 1 - tail) == next.get(next.size() - 1 - tail)) {
            tail++;
        }
        Set<ApiRoute> standing = new HashSet<>(before.subList(from, before.size() - tail));
        return next.subList(from, next.size() - tail).stream()
                .filter(route -> !standing.contains(route))
                .toList();
    }

    private PushedConsumers consumers(GatewaySnapshot snapshot) {
        Prepared made = prepared;
        if (made == null || made.snapshot != snapshot) {
            made = new Prepared(
                    snapshot,
                    made == null
                            ? PushedConsumers.of(snapshot)
                            : PushedConsumers.of(snapshot, made.snapshot, made.consumers));
            prepared = made;
        }
        return made.consumers;
    }

    private void push(List<SnapshotAuthority> authorities, PushedConsumers consumers) {
        Map<String, X509Certificate> byTenant = new HashMap<>();
        authorities.forEach(
                authority -> authority.parse().ifPresent(certificate -> byTenant.put(authority.tenant(), certificate)));
        target.certificates().push(consumers.certificates(), byTenant);
        target.listener().trust(byTenant.values(), consumers.pinned());
    }

    /** Evidence of what was not carried out. */
    void refused(long generation, List<String> reasons) {
        audit(REFUSED, generation, reasons);
    }

    /** As {@link #refused}. */
    void refusedDelta(long generation, List<String> reasons) {
        audit(DELTA_REFUSED, generation, reasons);
    }

    private void audit(AuditEventType type, long generation, List<String> reasons) {
        List<String> some = reasons.size() > MAX_REASONS ? reasons.subList(0, MAX_REASONS) : reasons;
        AuditEvent event = type.event(
                null, TENANT, null, null, Map.of("generation", generation, "reasons", String.join(" ", some)));
        target.store().store().write(tx -> target.store().audit().append(tx, event));
    }
}
