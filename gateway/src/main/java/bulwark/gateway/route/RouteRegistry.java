package bulwark.gateway.route;

import bulwark.gateway.route.RouteGuard.BlockedUrl;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.evidence.AuditEvent;
import bulwark.kernel.evidence.AuditEventType;
import bulwark.kernel.evidence.GuardedTable;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.time.UuidV7;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All routes of this gateway: in its store, in the table that requests are matched against, and in the signed snapshot. A change is whole or nothing, and its audit row commits with
 * it. Generations only grow. Thread-safe.
 */
public final class RouteRegistry implements AutoCloseable {
    /** A store without routes took those of the signed snapshot. */
    public static final AuditEventType RESTORED = AuditEventType.of(
            "routes_restored", "a store without routes took those of the signed snapshot", "generation");

    private static final ChangeEvent RESTORED_EVENT =
            generation -> RESTORED.event(null, "default", null, null, Map.of("generation", generation));

    private final AuditedStore audited;
    private final RouteGuard guard;
    private final Clock clock;
    private final SnapshotWriter snapshots;
    private final RoutePublisher publisher;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile Current current;

    private record Current(long generation, List<ApiRoute> routes) {}

    /**
     * A change that stands.
     *
     * @param deploymentIds by id of the route
     * @param created ids that were not there before
     */
    public record Committed(long generation, Map<String, String> deploymentIds, List<String> created) {}

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
        this.current = new Current(0, List.of());
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
                ? new Current(restored.generation(), restored.routes())
                : new Current(loaded.generation(), loaded.routes());
        for (ApiRoute route : next.routes()) {
            guard.blockedAsWritten(route)
                    .forEach(no -> faults.add("The route " + route.id() + ", " + no.field() + ": " + no.sentence()));
        }
        if (!faults.isEmpty()) {
            throw new RoutesRefused(faults);
        }
        Runnable publish = publisher.prepare(next.generation(), next.routes());
        if (restored != null) {
            RouteChange all = new RouteChange(next.routes(), Set.of());
            commit(all, deploymentIds(all), next.generation(), next.routes().size(), RESTORED_EVENT);
        }
        publish.run();
        current = next;
        if (next.generation() > 0 && (signed == null || signed.generation() < next.generation())) {
            snapshots.offer(new RouteSnapshotFile.Content(next.generation(), next.routes()));
        }
    }

    public List<ApiRoute> routes() {
        return current.routes();
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
        changing.lock();
        try {
            Current before = current;
            List<ApiRoute> after = change.applied(before.routes());
            long generation = before.generation() + 1;
            Runnable publish = publisher.prepare(generation, after);
            Map<String, String> deploymentIds = deploymentIds(change);
            commit(change, deploymentIds, generation, after.size(), event);
            publish.run();
            current = new Current(generation, after);
            snapshots.offer(new RouteSnapshotFile.Content(generation, after));
            List<String> created = new ArrayList<>(deploymentIds.keySet());
            before.routes().forEach(route -> created.remove(route.id()));
            return new Committed(generation, deploymentIds, created);
        } finally {
            changing.unlock();
        }
    }

    private Map<String, String> deploymentIds(RouteChange change) {
        Map<String, String> deploymentIds = new LinkedHashMap<>();
        change.upserts().forEach(route -> deploymentIds.put(route.id(), UuidV7.next(clock.instant())));
        return deploymentIds;
    }

    private void commit(
            RouteChange change, Map<String, String> deploymentIds, long generation, int routes, ChangeEvent event) {
        audited.store().write(tx -> {
            Map<GuardedTable, List<List<String>>> rows = RouteRows.write(tx, change, deploymentIds, generation, routes);
            return audited.audit().guardedRows().append(tx, event.of(generation), rows);
        });
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
