package bulwark.tasks.memory;

import bulwark.tasks.store.Revocation;
import bulwark.tasks.store.RevocationStore;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

final class MemoryRevocations implements RevocationStore {
    private final ConcurrentHashMap<Key, Revocation> stored = new ConcurrentHashMap<>();

    private record Key(String namespace, String taskId) {}

    @Override
    public Revocation upsert(Revocation revocation) {
        return stored.merge(
                new Key(revocation.namespace(), revocation.taskId()),
                revocation,
                (old, fresh) -> old.version() >= fresh.version() ? old : fresh);
    }

    @Override
    public List<Revocation> list(String namespace) {
        return stored.values().stream()
                .filter(revocation -> revocation.namespace().equals(namespace))
                .sorted(Comparator.comparingLong(Revocation::version).thenComparing(Revocation::taskId))
                .toList();
    }

    @Override
    public int prune(String namespace, Instant now) {
        AtomicInteger removed = new AtomicInteger();
        stored.values().removeIf(revocation -> {
            boolean over = revocation.namespace().equals(namespace) && revocation.expired(now);
            removed.addAndGet(over ? 1 : 0);
            return over;
        });
        return removed.get();
    }
}
