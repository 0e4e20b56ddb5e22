package bulwark.tasks.memory;

import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleStore;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

final class MemorySchedules implements ScheduleStore {
    private static final int KEPT = 1_000;
    private static final Comparator<ScheduleEntry> BY_NEXT_RUN = Comparator.<ScheduleEntry, Instant>comparing(
                    entry -> entry.run().nextRunAt(), Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(ScheduleEntry::id);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ScheduleEntry> entries = new HashMap<>();
    private final Map<String, Deque<Fired>> histories = new HashMap<>();

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<ScheduleEntry> list() {
        return locked(() -> entries.values().stream().sorted(BY_NEXT_RUN).toList());
    }

    @Override
    public Optional<ScheduleEntry> get(String id) {
        return locked(() -> Optional.ofNullable(entries.get(id)));
    }

    @Override
    public ScheduleEntry put(ScheduleEntry entry) {
        return locked(() -> {
            ScheduleEntry there = entries.get(entry.id());
            long actual = there == null ? 0 : there.version();
            if (actual != entry.version()) {
                throw new VersionConflict(entry.id(), entry.version(), actual);
            }
            ScheduleEntry stored = entry.withVersion(actual + 1);
            entries.put(entry.id(), stored);
            return stored;
        });
    }

    @Override
    public List<ScheduleEntry> due(Instant now, int limit) {
        return locked(() -> scheduled()
                .filter(entry ->
                        !Objects.requireNonNull(entry.run().nextRunAt()).isAfter(now))
                .filter(entry -> entry.expireAt() == null || entry.expireAt().isAfter(now))
                .sorted(BY_NEXT_RUN)
                .limit(limit)
                .toList());
    }

    private Stream<ScheduleEntry> scheduled() {
        return entries.values().stream()
                .filter(entry -> entry.enabled() && entry.run().nextRunAt() != null);
    }

    @Override
    public void remove(String id) {
        locked(() -> {
            histories.remove(id);
            return entries.remove(id) != null;
        });
    }

    @Override
    public void record(String id, Fired fired) {
        locked(() -> {
            Deque<Fired> history = histories.computeIfAbsent(id, ignored -> new ArrayDeque<>());
            history.addFirst(fired);
            return history.size() > KEPT ? history.removeLast() : fired;
        });
    }

    @Override
    public List<Fired> history(String id, int limit) {
        return locked(() -> histories.getOrDefault(id, new ArrayDeque<>()).stream()
                .limit(limit)
                .toList());
    }

    @Override
    public Optional<Instant> nextDue() {
        return locked(
                () -> scheduled().min(BY_NEXT_RUN).map(entry -> entry.run().nextRunAt()));
    }
}
