package bulwark.tasks.memory;

import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.stores.StatusRules;
import bulwark.tasks.stores.Wakeups;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Statuses, groups and heartbeats. */
final class MemoryResults implements ResultBackend {
    private final Clock clock;
    private final ReentrantLock lock;
    private final Wakeups wakeups;
    private final Expiring<TaskStatus> statuses;
    private final Expiring<GroupStatus> groups;
    private final Expiring<ObjectNode> heartbeats;

    MemoryResults(Clock clock, ReentrantLock lock, Wakeups wakeups) {
        this.clock = clock;
        this.lock = lock;
        this.wakeups = wakeups;
        this.statuses = new Expiring<>(clock);
        this.groups = new Expiring<>(clock);
        this.heartbeats = new Expiring<>(clock);
    }

    private <T extends @Nullable Object> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    TaskStatus stored(String taskId) {
        return locked(() -> statuses.get(taskId));
    }

    @Override
    public Optional<TaskStatus> get(String taskId) {
        return Optional.ofNullable(stored(taskId));
    }

    @Override
    public void put(TaskStatus status, @Nullable Duration retention) {
        locked(() -> {
            TaskStatus whole = StatusRules.replacing(statuses.get(status.id()), status);
            statuses.put(status.id(), whole, retention == null ? DEFAULT_RETENTION : retention);
            wakeups.wake("task:" + status.id());
            return whole;
        });
    }

    @Override
    public boolean putIfAbsent(TaskStatus status, @Nullable Duration retention) {
        return locked(() -> {
            boolean absent = statuses.get(status.id()) == null;
            if (absent) {
                put(status, retention);
            }
            return absent;
        });
    }

    @Override
    public boolean putFenced(TaskStatus status) {
        return locked(() -> {
            boolean may = StatusRules.mayReplace(statuses.get(status.id()), status);
            if (may) {
                put(status, null);
            }
            return may;
        });
    }

    @Override
    public void expire(String taskId, Duration retention) {
        locked(() -> {
            TaskStatus status = statuses.get(taskId);
            if (status != null) {
                statuses.put(taskId, status, retention);
            }
            return status;
        });
    }

    @Override
    public Optional<TaskStatus> awaitChange(String taskId, @Nullable TaskStatus seen, Duration wait)
            throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        try (Wakeups.Waiter waiter = wakeups.register(List.of("task:" + taskId))) {
            while (true) {
                TaskStatus now = stored(taskId);
                long left = (end - System.nanoTime()) / 1_000_000;
                if ((now != null && differs(now, seen)) || left <= 0 || wakeups.closed()) {
                    return Optional.ofNullable(now);
                }
                waiter.await(left);
            }
        }
    }

    private static boolean differs(TaskStatus now, @Nullable TaskStatus seen) {
        return seen == null || now.state() != seen.state() || !now.updatedAt().equals(seen.updatedAt());
    }

    @Override
    public List<TaskStatus> list(Predicate<TaskStatus> filter, int offset, int limit) {
        return locked(statuses::values).stream()
                .filter(filter)
                .sorted(Comparator.comparing(TaskStatus::updatedAt)
                        .reversed()
                        .thenComparing(TaskStatus::id, Comparator.reverseOrder()))
                .skip(offset)
                .limit(limit)
                .toList();
    }

    @Override
    public void initGroup(Group group, @Nullable Duration retention) {
        locked(() -> {
            groups.put(group.id(), new GroupStatus(group, Map.of()), retention == null ? DEFAULT_RETENTION : retention);
            return group;
        });
    }

    @Override
    public Optional<GroupStatus> addGroupResult(String groupId, TaskStatus status) {
        return locked(() -> Optional.ofNullable(groups.get(groupId)).map(there -> {
            Map<String, TaskStatus> more = new LinkedHashMap<>(there.results());
            more.put(status.id(), status);
            GroupStatus grown = new GroupStatus(there.group(), more);
            groups.replace(groupId, grown);
            return grown;
        }));
    }

    @Override
    public Optional<GroupStatus> group(String groupId) {
        return locked(() -> Optional.ofNullable(groups.get(groupId)));
    }

    @Override
    public boolean claimChord(String groupId, String callbackTaskId) {
        return locked(() -> {
            GroupStatus there = groups.get(groupId);
            if (there == null || there.group().meta().has(StatusRules.CHORD_CLAIMED)) {
                return false;
            }
            Group claimed = StatusRules.claimed(there.group(), callbackTaskId, clock.instant());
            groups.replace(groupId, new GroupStatus(claimed, there.results()));
            return true;
        });
    }

    @Override
    public void putHeartbeat(String workerId, ObjectNode heartbeat, Duration retention) {
        locked(() -> {
            heartbeats.put(workerId, heartbeat, retention);
            return heartbeat;
        });
    }

    @Override
    public Optional<ObjectNode> heartbeat(String workerId) {
        return locked(() -> Optional.ofNullable(heartbeats.get(workerId)));
    }

    @Override
    public List<ObjectNode> heartbeats() {
        return locked(heartbeats::values);
    }

    /** Values that end; the ended ones go whenever something is added. */
    static final class Expiring<T> {
        private final Clock clock;
        private final Map<String, Kept<T>> kept = new HashMap<>();
        private final PriorityQueue<End> ends = new PriorityQueue<>(Comparator.comparing(End::at));

        private record Kept<T>(T value, Instant until) {}

        private record End(String key, Instant at) {}

        Expiring(Clock clock) {
            this.clock = clock;
        }

        @Nullable
        T get(String key) {
            Kept<T> there = kept.get(key);
            return there == null || !there.until.isAfter(clock.instant()) ? null : there.value;
        }

        void put(String key, T value, Duration retention) {
            Instant now = clock.instant();
            for (End end = ends.peek(); end != null && !end.at.isAfter(now); end = ends.peek()) {
                ends.remove();
                kept.computeIfPresent(end.key, (ignored, there) -> there.until.isAfter(now) ? there : null);
            }
            Kept<T> fresh = new Kept<>(value, now.plus(retention));
            Kept<T> old = kept.put(key, fresh);
            if (old == null || !old.until.equals(fresh.until)) {
                ends.add(new End(key, fresh.until));
            }
        }

        /** Keeps the end as it was. */
        void replace(String key, T value) {
            kept.computeIfPresent(key, (ignored, there) -> new Kept<>(value, there.until));
        }

        List<T> values() {
            Instant now = clock.instant();
            return kept.values().stream()
                    .filter(there -> there.until.isAfter(now))
                    .map(Kept::value)
                    .toList();
        }
    }
}
