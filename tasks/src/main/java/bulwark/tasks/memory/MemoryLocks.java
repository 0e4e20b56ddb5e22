package bulwark.tasks.memory;

import bulwark.tasks.store.LockStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

final class MemoryLocks implements LockStore {
    private final Clock clock;
    private final ConcurrentHashMap<String, HeldLock> held = new ConcurrentHashMap<>();

    private record HeldLock(String owner, Instant until) {}

    MemoryLocks(Clock clock) {
        this.clock = clock;
    }

    @Override
    public boolean acquire(String key, String owner, Duration ttl) {
        Instant now = clock.instant();
        HeldLock mine = new HeldLock(owner, now.plus(ttl));
        return held.compute(key, (ignored, other) -> other == null || isFree(other, owner, now) ? mine : other) == mine;
    }

    private static boolean isFree(HeldLock other, String owner, Instant now) {
        return !other.until.isAfter(now) || other.owner.equals(owner);
    }

    @Override
    public boolean renew(String key, String owner, Duration ttl) {
        Instant now = clock.instant();
        HeldLock mine = new HeldLock(owner, now.plus(ttl));
        return held.computeIfPresent(key, (ignored, other) -> isHeldBy(other, owner, now) ? mine : other) == mine;
    }

    private static boolean isHeldBy(HeldLock other, String owner, Instant now) {
        return other.until.isAfter(now) && other.owner.equals(owner);
    }

    @Override
    public boolean release(String key, String owner) {
        Instant now = clock.instant();
        HeldLock there = held.get(key);
        return there != null && isHeldBy(there, owner, now) && held.remove(key, there);
    }

    @Override
    public Optional<String> ownerOf(String key) {
        Instant now = clock.instant();
        return Optional.ofNullable(held.get(key))
                .filter(there -> there.until.isAfter(now))
                .map(HeldLock::owner);
    }
}
