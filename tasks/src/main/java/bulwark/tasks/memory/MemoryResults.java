package bulwark.tasks.memory;

import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.StatusTransitions;
import bulwark.tasks.store.WaiterRegistry;
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
    private final WaiterRegistry wakeups;
    private final Expiring<TaskStatus> statuses;
    private final Expiring<GroupStatus> groups;
    private final Expiring<ObjectNode> heartbeats;

    MemoryResults(Clock clock, ReentrantLock lock, WaiterRegistry wakeups) {
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
            TaskStatus whole = StatusTransitions.replacing(statuses.get(status.id()), status);
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
            boolean may = StatusTransitions.mayReplace(statuses.get(status.id()), status);
            if (may) {
                put(status, null);
            }
            return may;
        });
    }

    @Override
    public boolean putUnvouched(TaskStatus status, String envelopeDigest) {
        return locked(() -> {
            boolean may = StatusTransitions.mayEnd(statuses.get(status.id()), envelopeDigest);
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
        try (WaiterRegistry.Waiter waiter = wakeups.register(List.of("task:" + taskId))) {
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
            if (there == null || there.group().meta().has(StatusTransitions.CHORD_CLAIMED)) {
                return false;
            }
            Group claimed = StatusTransitions.claimed(there.group(), callbackTaskId, clock.instant());
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
        private final Map<String, Retained<T>> kept = new HashMap<>();
        private final PriorityQueue<ExpiryTime> expiries = new PriorityQueue<>(Comparator.comparing(ExpiryTime::at));

        private record Retained<T>(T value, Instant until) {}

        private record ExpiryTime(String key, Instant at) {}

        Expiring(Clock clock) {
            this.clock = clock;
        }

        @Nullable
        T get(String key) {
            Retained<T> there = kept.get(key);
            return there == null || !there.until.isAfter(clock.instant()) ? null : there.value;
        }

        void put(String key, T value, Duration retention) {
            Instant now = clock.instant();
            for (ExpiryTime end = expiries.peek(); end != null && !end.at.isAfter(now); end = expiries.peek()) {
                expiries.remove();
                kept.computeIfPresent(end.key, (ignored, there) -> there.until.isAfter(now) ? there : null);
            }
            Retained<T> fresh = new Retained<>(value, now.plus(retention));
            Retained<T> old = kept.put(key, fresh);
            if (old == null || !old.until.equals(fresh.until)) {
                expiries.add(new ExpiryTime(key, fresh.until));
            }
        }

        /** Keeps the end as it was. */
        void replace(String key, T value) {
            kept.computeIfPresent(key, (ignored, there) -> new Retained<>(value, there.until));
        }

        List<T> values() {
            Instant now = clock.instant();
            return kept.values().stream()
                    .filter(there -> there.until.isAfter(now))
                    .map(Retained::value)
                    .toList();
        }
    }
}
