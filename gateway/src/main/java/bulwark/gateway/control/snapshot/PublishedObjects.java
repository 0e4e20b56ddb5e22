package bulwark.gateway.control.snapshot;

import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.EveryTenant;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.control.state.PublishedChange;
import bulwark.gateway.control.state.TenantChange;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What gateways see of the store, in memory: a change of this process costs no look at all that did not change. Everything is read anew after a change of another process, and when a change is missing. For one
 * thread at a time; changes come on any.
 */
final class PublishedObjects {
    private final ControlStore store;
    private final Queue<PublishedChange> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean stale = true;
    private Map<ObjectKind, Map<CreationOrder, ControlObject>> byKind = Map.of();
    private long generation;

    /** In the order of creation. */
    private record CreationOrder(Instant created, String tenant, String id) implements Comparable<CreationOrder> {
        private static final Comparator<CreationOrder> ORDER = Comparator.comparing(CreationOrder::created)
                .thenComparing(CreationOrder::tenant)
                .thenComparing(CreationOrder::id);

        static CreationOrder of(ControlObject object) {
            return new CreationOrder(object.created(), object.tenant(), object.id());
        }

        @Override
        public int compareTo(CreationOrder other) {
            return ORDER.compare(this, other);
        }
    }

    private PublishedObjects(ControlStore store) {
        this.store = store;
    }

    static PublishedObjects of(ControlStore store) {
        PublishedObjects objects = new PublishedObjects(store);
        store.onPublished(objects.waiting::add, () -> objects.stale = true);
        return objects;
    }

    /** Of what was committed before. */
    void refresh() {
        if (stale || !caughtUp()) {
            stale = false;
            boolean read = false;
            try {
                read = store.readAll(PlatformScope.ofProcess(), this::load) && caughtUp();
            } finally {
                // A store that failed, or a change that is still missing: the next look reads all of it again.
                stale |= !read;
            }
        }
    }

    /** @return false when a change in between is missing */
    private boolean caughtUp() {
        for (PublishedChange next = waiting.poll(); next != null; next = waiting.poll()) {
            if (next.generation() > generation + 1) {
                return false;
            }
            if (next.generation() > generation) {
                next.deleted().forEach(object -> of(object.kind()).remove(CreationOrder.of(object)));
                next.written().forEach(object -> of(object.kind()).put(CreationOrder.of(object), object));
                generation = next.generation();
            }
        }
        return true;
    }

    private boolean load(EveryTenant tx) throws SQLException {
        Map<ObjectKind, Map<CreationOrder, ControlObject>> read = new EnumMap<>(ObjectKind.class);
        for (ObjectKind kind : ControlStore.PUBLISHED) {
            Map<CreationOrder, ControlObject> ofKind = new TreeMap<>();
            tx.all(kind).forEach(object -> ofKind.put(CreationOrder.of(object), object));
            read.put(kind, ofKind);
        }
        generation = tx.all(ObjectKind.GENERATION).stream()
                .map(object -> object.number(TenantChange.GENERATION_FIELD, 0))
                .findFirst()
                .orElse(0L);
        byKind = read;
        return true;
    }

    private Map<CreationOrder, ControlObject> of(ObjectKind kind) {
        return byKind.computeIfAbsent(kind, absent -> new TreeMap<>());
    }

    /** Every one, by creation. */
    Collection<ControlObject> all(ObjectKind kind) {
        return List.copyOf(of(kind).values());
    }

    long generation() {
        return generation;
    }
}
