package bulwark.gateway.route;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyChange;
import bulwark.gateway.policy.PolicyRows;
import bulwark.gateway.policy.PolicySet;
import bulwark.gateway.route.RouteGuard.BlockedUrl;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.time.UuidV7;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All routes of this gateway and their policies: in its store, in the table that requests are matched against, and in the signed snapshot. A change is whole or nothing, and its audit row commits with
 * it. Generations only grow. Thread-safe.
 */
public final class RouteRegistry implements AutoCloseable {
    /** A store without routes took those of the signed snapshot. */
    public static final AuditEventType RESTORED = AuditEventType.of(
            "routes_restored", "a store without routes took those of the signed snapshot", "generation");

    private static final long ANY_GENERATION = -1;

    private static final ChangeEvent RESTORED_EVENT =
            generation -> RESTORED.event(null, "default", null, null, Map.of("generation", generation));

    private final AuditedStore audited;
    private final RouteGuard guard;
    private final Clock clock;
    private final SnapshotWriter snapshots;
    private final RoutePublisher publisher;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile Current current;

    private record Current(long generation, List<ApiRoute> routes, List<ApiPolicy> policies) {}

    /** What stands at one moment. Of the last change its generation. */
    public record Standing(long generation, List<ApiRoute> routes, List<ApiPolicy> policies) {}

    /** Others have changed what a change was made for; nothing has changed. */
    public static final class GenerationRefused extends RuntimeException {
        private static final long serialVersionUID = 1;

        GenerationRefused(long generation) {
            super("the routes are of generation " + generation + " by now", null, false, false);
        }
    }

    /**
     * A change that stands.
     *
     * @param deploymentIds by id of the route
     * @param created ids of routes that were not there before
     * @param createdPolicies ids of policies that were not there before
     */
    public record Committed(
            long generation, Map<String, String> deploymentIds, List<String> created, List<String> createdPolicies) {}

    /** Makes the audit event of a change that is about to be committed. */
    @FunctionalInterface
    public interface ChangeEvent {
        AuditEvent of(long generation);
    }

    private RouteRegistry(
            AuditedStore audited, RouteGuard guard, Clock clock, RouteSnapshotFile file, RoutePublisher publisher) {
        this.audited = audited;
        this.guard = guard;
        this.clock = clock;
        this.snapshots = new SnapshotWriter(file);
        this.publisher = publisher;
        this.current = new Current(0, List.of(), List.of());
    }

    /**
     * Loads what stands, checks every route again, and publishes the table.
     *
     * @throws OperatorError when the routes must not be served: one sentence for each reason
     */
    public static RouteRegistry open(
            AuditedStore audited, RouteGuard guard, Clock clock, RouteSnapshotFile file, RoutePublisher publisher) {
        RouteRegistry registry = new RouteRegistry(audited, guard, clock, file, publisher);
        try {
            registry.load(file);
        } catch (RoutesRefused e) {
            List<String> sentences = new ArrayList<>();
            sentences.add("the gateway does not start with routes that it must not serve:");
            sentences.addAll(e.sentences());
            throw new RoutesUnusable(sentences);
        }
        return registry;
    }

    private void load(RouteSnapshotFile file) {
        RouteRows.Loaded loaded =
                audited.store().read(tx -> RouteRows.load(tx, audited.audit().guardedRows()));
        List<String> faults = new ArrayList<>(loaded.faults());
        RouteSnapshotFile.Content signed = file.read().orElse(null);
        RouteSnapshotFile.Content restored = loaded.generation() == 0 ? signed : null;
        if (signed != null && signed.generation() > loaded.generation() && restored == null) {
            faults.add(
                    "The store holds generation " + loaded.generation() + " of the routes, and routes.snapshot is "
                            + signed.generation()
                            + ": the store is older than what this gateway served. Restore the newer store, or delete routes.snapshot to go on with the older routes.");
        }
        Current next = restored != null
                ? new Current(restored.generation(), restored.routes(), restored.policies())
                : new Current(loaded.generation(), loaded.routes(), loaded.policies());
        for (ApiRoute route : next.routes()) {
            guard.blockedAsWritten(route)
                    .forEach(no -> faults.add("The route " + route.id() + ", " + no.field() + ": " + no.sentence()));
        }
        if (!faults.isEmpty()) {
            throw new RoutesRefused(faults);
        }
        PolicyReferences.check(next.routes(), next.policies());
        Runnable publish = publisher.prepare(
                next.generation(), next.routes(), PolicySet.ofOwn(next.generation(), next.policies()));
        if (restored != null) {
            RouteChange all = new RouteChange(next.routes(), Set.of(), new PolicyChange(next.policies(), Set.of()));
            commit(all, deploymentIds(all), next, RESTORED_EVENT);
        }
        publish.run();
        current = next;
        if (next.generation() > 0 && (signed == null || signed.generation() < next.generation())) {
            snapshots.offer(content(next));
        }
    }

    public List<ApiRoute> routes() {
        return current.routes();
    }

    public List<ApiPolicy> policies() {
        return current.policies();
    }

    public @Nullable ApiPolicy policyById(String id) {
        return current.policies().stream()
                .filter(policy -> policy.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    public Standing standing() {
        Current now = current;
        return new Standing(now.generation(), now.routes(), now.policies());
    }

    public long generation() {
        return current.generation();
    }

    public @Nullable ApiRoute byId(String id) {
        return current.routes().stream()
                .filter(route -> route.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** Asks the guard about the URLs of a route that is to be registered; blocks while names are looked up. */
    public List<BlockedUrl> blocked(ApiRoute route) {
        return guard.blocked(route);
    }

    /**
     * Returns when the change is durable and matched against.
     *
     * @throws RoutesRefused when the routes cannot stand beside one another; nothing has changed then
     */
    public Committed apply(RouteChange change, ChangeEvent event) {
        return apply(change, ANY_GENERATION, event);
    }

    /**
     * As {@link #apply(RouteChange, ChangeEvent)}, for a change that is made from what stood at one moment.
     *
     * @param expected generation of that moment
     * @throws GenerationRefused when another one stands by now
     */
    public Committed apply(RouteChange change, long expected, ChangeEvent event) {
        changing.lock();
        try {
            Current before = current;
            if (expected != ANY_GENERATION && expected != before.generation()) {
                throw new GenerationRefused(before.generation());
            }
            Current after = new Current(
                    before.generation() + 1,
                    change.applied(before.routes()),
                    change.policies().applied(before.policies()));
            PolicyReferences.check(after.routes(), after.policies());
            Runnable publish = publisher.prepare(
                    after.generation(), after.routes(), PolicySet.ofOwn(after.generation(), after.policies()));
            Map<String, String> deploymentIds = deploymentIds(change);
            commit(change, deploymentIds, after, event);
            publish.run();
            current = after;
            snapshots.offer(content(after));
            List<String> created = new ArrayList<>(deploymentIds.keySet());
            before.routes().forEach(route -> created.remove(route.id()));
            List<String> createdPolicies = new ArrayList<>(
                    change.policies().upserts().stream().map(ApiPolicy::id).toList());
            before.policies().forEach(policy -> createdPolicies.remove(policy.id()));
            return new Committed(after.generation(), deploymentIds, created, createdPolicies);
        } finally {
            changing.unlock();
        }
    }

    private Map<String, String> deploymentIds(RouteChange change) {
        Map<String, String> deploymentIds = new LinkedHashMap<>();
        change.upserts().forEach(route -> deploymentIds.put(route.id(), UuidV7.next(clock.instant())));
        return deploymentIds;
    }

    private static RouteSnapshotFile.Content content(Current of) {
        return new RouteSnapshotFile.Content(of.generation(), of.routes(), of.policies());
    }

    private void commit(RouteChange change, Map<String, String> deploymentIds, Current after, ChangeEvent event) {
        audited.store().write(tx -> {
            Map<GuardedTable, List<List<String>>> rows = new HashMap<>(RouteRows.write(
                    tx,
                    change,
                    deploymentIds,
                    after.generation(),
                    after.routes().size()));
            PolicyRows.write(
                            tx,
                            change.policies(),
                            after.generation(),
                            after.policies().size())
                    .forEach((table, keys) -> rows.merge(table, keys, RouteRegistry::both));
            return audited.audit().guardedRows().append(tx, event.of(after.generation()), rows);
        });
    }

    private static List<List<String>> both(List<List<String>> one, List<List<String>> other) {
        List<List<String>> all = new ArrayList<>(one);
        all.addAll(other);
        return all;
    }

    /** Why the snapshot cannot be written, for health; null when all is well. */
    public @Nullable String problem() {
        return snapshots.problem();
    }

    /** Writes the snapshot that waits. */
    @Override
    public void close() {
        snapshots.close();
    }

    private static final class RoutesUnusable extends OperatorError {
        RoutesUnusable(List<String> sentences) {
            super(ExitCode.FAILED, sentences, null);
        }
    }
}
