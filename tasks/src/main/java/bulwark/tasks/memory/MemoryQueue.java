package bulwark.tasks.memory;

import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.LimitedStart;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.StartLimit;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.store.EntryId;
import bulwark.tasks.store.JointLimit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Entries of one queue. An entry is visible from {@code dueAt} on, whether it is new, delayed or held: taking an entry moves that time to the end of its lease.
 * Guarded by the broker's lock.
 */
final class MemoryQueue {
    private static final int PRIORITIES = 10;
    private static final Comparator<Entry> ORDER =
            Comparator.<Entry>comparingLong(entry -> entry.dueAt).thenComparingLong(entry -> entry.id);

    private final Map<Long, Entry> entries = new HashMap<>();
    private final List<TreeSet<Entry>> byPriority = new ArrayList<>();
    private final MemoryBacklogs backlogs = new MemoryBacklogs();

    static final class Entry {
        final long id;
        final Settlement.Content content;
        final int priority;
        private long dueAt;
        private long delivery;
        private @Nullable String consumer;
        private boolean limitsPassed;
        private final List<HolderDeath> deaths = new ArrayList<>(0);

        private Entry(long id, Settlement.Content content, int priority, long dueAt) {
            this.id = id;
            this.content = content;
            this.priority = priority;
            this.dueAt = dueAt;
        }

        String text() {
            return EntryId.text(id);
        }

        long delivery() {
            return delivery;
        }

        boolean limitsPassed() {
            return limitsPassed;
        }

        List<HolderDeath> deaths() {
            return deaths;
        }
    }

    MemoryQueue() {
        for (int i = 0; i < PRIORITIES; i++) {
            byPriority.add(new TreeSet<>(ORDER));
        }
    }

    void add(long id, Message message, int priority, long dueAt) {
        add(id, new Settlement.Content.WholeMessage(message), priority, dueAt);
    }

    /** Also of what is no message. */
    void add(long id, Settlement.Content content, int priority, long dueAt) {
        Entry entry = new Entry(id, content, Math.clamp(priority, 0, PRIORITIES - 1), dueAt);
        entries.put(id, entry);
        byPriority.get(entry.priority).add(entry);
    }

    @Nullable
    Entry receive(String consumer, long now, long leaseUntil, boolean suspects) {
        for (TreeSet<Entry> entriesOfOne : byPriority.reversed()) {
            Entry entry = first(entriesOfOne, suspects);
            if (entry != null && entry.dueAt <= now) {
                if (entry.consumer != null) {
                    if (entry.deaths.size() == HolderDeath.MAX_KEPT) {
                        entry.deaths.removeFirst();
                    }
                    entry.deaths.add(new HolderDeath(entry.delivery, entry.consumer, Instant.ofEpochMilli(now)));
                }
                moveTo(entry, leaseUntil);
                entry.consumer = consumer;
                entry.delivery++;
                return entry;
            }
        }
        return null;
    }

    private static @Nullable Entry first(TreeSet<Entry> entries, boolean suspects) {
        return entries.stream()
                .filter(entry -> suspects || !TakeLimits.suspect(entry.delivery))
                .findFirst()
                .orElse(null);
    }

    private void moveTo(Entry entry, long dueAt) {
        TreeSet<Entry> set = byPriority.get(entry.priority);
        set.remove(entry);
        entry.dueAt = dueAt;
        set.add(entry);
    }

    /** Null when the receipt is no longer good. */
    @Nullable
    Entry leased(Receipt receipt) {
        Entry entry = entries.get(EntryId.of(receipt.entryId()));
        return entry != null && receipt.consumer().equals(entry.consumer) && entry.delivery == receipt.delivery()
                ? entry
                : null;
    }

    void renew(Entry entry, long leaseUntil) {
        moveTo(entry, leaseUntil);
    }

    void remove(Entry entry) {
        entries.remove(entry.id);
        byPriority.get(entry.priority).remove(entry);
    }

    /** The held entry waits for its limits, known to no consumer. */
    void layAside(Entry entry, LimitedStart start, long due) {
        remove(entry);
        Entry waiting = new Entry(entry.id, entry.content, entry.priority, Long.MAX_VALUE);
        backlogs.add(start.backlog(), start.limits(), waiting, due);
    }

    boolean waits(String backlog) {
        return backlogs.holds(backlog);
    }

    /** What may start comes back before anything else. */
    void admit(int most, long now, LongSupplier ids, Function<List<StartLimit>, JointLimit.Step> acquire) {
        for (int i = 0; i < most; i++) {
            Entry waiting = backlogs.next(now, acquire);
            if (waiting == null) {
                return;
            }
            Entry entry = new Entry(ids.getAsLong(), waiting.content, PRIORITIES - 1, Long.MIN_VALUE);
            entry.limitsPassed = true;
            entries.put(entry.id, entry);
            byPriority.get(entry.priority).add(entry);
        }
    }

    void removeOldestBeyond(int kept) {
        while (entries.size() > kept) {
            entries.values().stream()
                    .min(Comparator.comparingLong(entry -> entry.id))
                    .ifPresent(this::remove);
        }
    }

    /** Milliseconds since 1970; {@link Long#MAX_VALUE} when empty. */
    long nextDue(boolean suspects) {
        return byPriority.stream()
                .map(set -> first(set, suspects))
                .filter(Objects::nonNull)
                .mapToLong(entry -> entry.dueAt)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** When something may come out of a backlog; {@link Long#MAX_VALUE} for never. */
    long nextAdmission() {
        return backlogs.nextDue();
    }

    void clear() {
        backlogs.clear();
        entries.clear();
        byPriority.forEach(TreeSet::clear);
    }

    QueueCounts counts(long now, long dead) {
        long held = entries.values().stream()
                .filter(entry -> entry.consumer != null)
                .count();
        long delayed = entries.values().stream()
                .filter(entry -> entry.consumer == null && entry.dueAt > now)
                .count();
        return new QueueCounts(entries.size() - held - delayed + backlogs.size(), held, delayed, dead);
    }
}
