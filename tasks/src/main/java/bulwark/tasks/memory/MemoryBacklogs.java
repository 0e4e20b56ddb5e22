package bulwark.tasks.memory;

import bulwark.tasks.broker.StartLimit;
import bulwark.tasks.store.JointLimit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What waits for limits, of one queue: a backlog for each set of limits. Guarded by the broker's lock. */
final class MemoryBacklogs {
    private static final Comparator<MemoryQueue.Entry> ORDER =
            Comparator.<MemoryQueue.Entry>comparingInt(entry -> -entry.priority).thenComparingLong(entry -> entry.id);

    private final Map<String, Backlog> backlogs = new TreeMap<>();

    private static final class Backlog {
        private final TreeSet<MemoryQueue.Entry> entries = new TreeSet<>(ORDER);
        private List<StartLimit> limits = List.of();
        /** Milliseconds since 1970 at which the first may start. */
        private long due;
    }

    boolean holds(String name) {
        return backlogs.containsKey(name);
    }

    /** @param due of a new backlog */
    void add(String name, List<StartLimit> limits, MemoryQueue.Entry entry, long due) {
        Backlog backlog = backlogs.get(name);
        if (backlog == null) {
            backlog = new Backlog();
            backlog.due = due;
            backlogs.put(name, backlog);
        }
        backlog.limits = limits;
        backlog.entries.add(entry);
    }

    /** The next one that may start, its start taken; null when there is none. */
    MemoryQueue.@Nullable Entry next(long now, Function<List<StartLimit>, JointLimit.Step> acquire) {
        for (Map.Entry<String, Backlog> each : new ArrayList<>(backlogs.entrySet())) {
            Backlog backlog = each.getValue();
            if (backlog.due > now) {
                continue;
            }
            JointLimit.Step step = acquire.apply(backlog.limits);
            backlog.due = due(now, step.granted() ? step.next() : step.delay());
            if (step.granted()) {
                MemoryQueue.Entry entry = backlog.entries.removeFirst();
                if (backlog.entries.isEmpty()) {
                    backlogs.remove(each.getKey());
                }
                return entry;
            }
        }
        return null;
    }

    static long due(long now, long nanos) {
        return now + (nanos + 999_999) / 1_000_000;
    }

    /** Milliseconds since 1970; {@link Long#MAX_VALUE} for never. */
    long nextDue() {
        return backlogs.values().stream()
                .mapToLong(backlog -> backlog.due)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    int size() {
        return backlogs.values().stream()
                .mapToInt(backlog -> backlog.entries.size())
                .sum();
    }

    void clear() {
        backlogs.clear();
    }
}
