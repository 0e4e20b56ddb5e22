package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.Start;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.stores.EntryId;
import bulwark.tasks.stores.Wakeups;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Queues in the store. Thread-safe. */
final class SqliteQueues implements QueueCalls {
    /** Long lists are cut, so that others get their turn between. */
    private static final int MOST_AT_ONCE = 500;

    /** A clock that others turn wakes nobody, so it is looked at so often; the store is not. */
    private static final long LONGEST_NAP_MS = 100;

    private final Place place;
    private final QueueNames names;
    private final Entries entries;
    private final Letters letters;

    SqliteQueues(Place place, QueueNames names, Entries entries, Letters letters) {
        this.place = place;
        this.names = names;
        this.entries = entries;
        this.letters = letters;
    }

    @Override
    public void publish(List<Row.Put> puts, String once) {
        List<CompletableFuture<List<Boolean>>> parts = new ArrayList<>();
        for (int from = 0; from < puts.size(); from += MOST_AT_ONCE) {
            List<Row.Put> part = puts.subList(from, Math.min(puts.size(), from + MOST_AT_ONCE));
            String call = once.isEmpty() ? "" : once + "-" + from;
            parts.add(place.store()
                    .submit(tx -> Once.run(tx, call, place.now(), () -> {
                        publish(tx, part);
                        return List.of();
                    })));
        }
        for (CompletableFuture<List<Boolean>> part : parts) {
            join(part);
        }
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void publish(WriteTx tx, List<Row.Put> puts) throws SQLException {
        long now = place.now();
        Set<String> woken = new HashSet<>();
        for (Row.Put put : puts) {
            if (put.queued() != null && Statuses.write(tx, put.queued(), StatusCalls.When.ABSENT, now)) {
                woken.add("task:" + put.queued().id());
            }
            entries.put(tx, put, now);
            woken.add("queue:" + put.queue());
        }
        wake(tx, woken);
    }

    private void wake(WriteTx tx, Set<String> names) {
        Wakeups wakeups = place.wakeups();
        tx.afterCommit(() -> names.forEach(wakeups::wake));
    }

    @Override
    public boolean publishOnce(String identity, long remembered, Row.Put put) {
        return place.store().write(tx -> {
            boolean first = Once.remember(tx, "fire:" + identity, place.now(), remembered, "");
            if (first) {
                publish(tx, List.of(put));
            }
            return first;
        });
    }

    @Override
    public void broadcast(String channel, String message, String once) {
        place.store()
                .write(tx -> Once.run(tx, once, place.now(), () -> {
                    PreparedStatement listeners =
                            tx.statement("SELECT id FROM task_queues WHERE name = ? AND consumer <> ''");
                    listeners.setString(1, channel);
                    List<Long> queues = new ArrayList<>();
                    try (ResultSet rows = listeners.executeQuery()) {
                        while (rows.next()) {
                            queues.add(rows.getLong(1));
                        }
                    }
                    long now = place.now();
                    for (long queue : queues) {
                        entries.insert(tx, queue, 0, now, message, now);
                    }
                    wake(tx, Set.of("channel:" + channel));
                    return List.of();
                }));
    }

    private record Look(List<Row.Taken> taken, long nextDue) {}

    @Override
    public List<Row.Taken> take(Row.Demand demand) throws InterruptedException {
        long end = System.nanoTime() + demand.patience() * 1_000_000;
        try (Wakeups.Waiter waiter = place.wakeups().register(wakers(demand))) {
            while (true) {
                Look look = place.store().write(tx -> look(tx, demand));
                if (!look.taken.isEmpty() || !sleep(waiter, look.nextDue, end)) {
                    return look.taken;
                }
            }
        }
    }

    private static List<String> wakers(Row.Demand demand) {
        return Stream.concat(
                        demand.queues().stream().map(queue -> "queue:" + queue),
                        demand.channels().stream().map(channel -> "channel:" + channel))
                .toList();
    }

    /** @return false when the time is over */
    private boolean sleep(Wakeups.Waiter waiter, long nextDue, long end) throws InterruptedException {
        while (true) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0 || place.wakeups().closed()) {
                return false;
            }
            long nap = Math.clamp(nextDue - place.now(), 0, LONGEST_NAP_MS);
            if (waiter.await(Math.min(left, nap)) || place.now() >= nextDue) {
                return true;
            }
        }
    }

    private Look look(WriteTx tx, Row.Demand demand) throws SQLException {
        long now = place.now();
        long next = Long.MAX_VALUE;
        List<Row.Taken> taken = new ArrayList<>();
        for (String channel : demand.channels()) {
            QueueNames.Known own = names.channel(tx, channel, demand.consumer(), now);
            own.add(0);
            collect(tx, own, channel, true, demand, taken, now);
            next = taken.isEmpty() ? Math.min(next, entries.nextDue(tx, own, demand.suspects())) : next;
        }
        for (String name : demand.queues()) {
            QueueNames.Known queue = names.queue(tx, name, now);
            collect(tx, queue, name, false, demand, taken, now);
            next = taken.isEmpty() ? Math.min(next, entries.nextDue(tx, queue, demand.suspects())) : next;
        }
        return new Look(taken, next);
    }

    private void collect(
            WriteTx tx,
            QueueNames.Known queue,
            String name,
            boolean broadcast,
            Row.Demand demand,
            List<Row.Taken> taken,
            long now)
            throws SQLException {
        boolean suspects = demand.suspects() && taken.stream().noneMatch(one -> TakeLimits.suspect(one.delivery() - 1));
        for (Entries.Found found : entries.take(tx, queue, demand, demand.max() - taken.size(), suspects, now)) {
            taken.add(new Row.Taken(found.id(), name, broadcast, found.delivery(), found.message(), found.deaths()));
        }
    }

    @Override
    public List<Start.Verdict> begin(List<Row.Begin> begins) {
        return place.store().write(tx -> {
            List<Start.Verdict> verdicts = new ArrayList<>(begins.size());
            Set<String> woken = new HashSet<>();
            for (Row.Begin begin : begins) {
                Start.Verdict verdict = begin(tx, begin);
                verdicts.add(verdict);
                if (verdict == Start.Verdict.RUN) {
                    woken.add("task:" + begin.running().id());
                }
            }
            wake(tx, woken);
            return verdicts;
        });
    }

    private Start.Verdict begin(WriteTx tx, Row.Begin begin) throws SQLException {
        long now = place.now();
        if (Statuses.beginFirst(tx, begin, now)) {
            return Start.Verdict.RUN;
        }
        return isHeld(tx, begin.hold())
                ? Statuses.begin(tx, begin, EntryId.text(begin.hold().id()), now)
                : Start.Verdict.LOST;
    }

    private static boolean isHeld(ReadTx tx, Row.Hold hold) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT 1 FROM task_entries WHERE id = ? AND holder = ? AND delivery = ?");
        Entries.bind(select, 1, hold);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    @Override
    public List<Boolean> renew(List<Row.Hold> holds, long lease) {
        return place.store().write(tx -> {
            List<Boolean> held = new ArrayList<>(holds.size());
            for (Row.Hold hold : holds) {
                held.add(entries.renew(tx, hold, place.now() + lease));
            }
            return held;
        });
    }

    @Override
    public List<Boolean> settle(List<Row.End> ends, String once) {
        return place.store()
                .write(tx -> Once.run(tx, once, place.now(), () -> {
                    List<Boolean> settled = new ArrayList<>(ends.size());
                    Set<String> woken = new HashSet<>();
                    for (Row.End end : ends) {
                        settled.add(settle(tx, end, woken));
                    }
                    wake(tx, woken);
                    return settled;
                }));
    }

    private boolean settle(WriteTx tx, Row.End end, Set<String> woken) throws SQLException {
        long now = place.now();
        if (end.again() == null ? !entries.remove(tx, end.hold()) : !again(tx, end.hold(), end.again(), woken, now)) {
            return false;
        }
        if (end.dead() != null) {
            letters.add(
                    tx,
                    end.dead(),
                    names.queue(tx, end.dead().queue(), now).id,
                    place.clock().instant());
        }
        if (end.status() != null) {
            Statuses.write(
                    tx, end.status(), end.onlyIfAbsent() ? StatusCalls.When.ABSENT : StatusCalls.When.FENCED, now);
            woken.add("task:" + end.status().id());
        }
        return true;
    }

    /** A broadcast message comes again to its own consumer only. */
    private boolean again(WriteTx tx, Row.Hold hold, Row.Put put, Set<String> woken, long now) throws SQLException {
        Long from = entries.removeFrom(tx, hold);
        if (from == null) {
            return false;
        }
        String channel = channel(tx, from);
        if (channel == null) {
            entries.put(tx, put, now);
            woken.add("queue:" + put.queue());
        } else {
            entries.insert(tx, from, 0, Math.max(now, put.notBefore()), put.message(), now);
            woken.add("channel:" + channel);
        }
        return true;
    }

    private static @Nullable String channel(ReadTx tx, long queue) throws SQLException {
        PreparedStatement select = tx.statement("SELECT name FROM task_queues WHERE id = ? AND consumer <> ''");
        select.setLong(1, queue);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }

    @Override
    public QueueCounts counts(String queue) {
        return place.store().read(tx -> {
            Long id = QueueNames.find(tx, queue);
            if (id == null) {
                return new QueueCounts(0, 0, 0, 0);
            }
            PreparedStatement count = tx.statement("SELECT count(*) FILTER (WHERE delivery = 0 AND due_at <= ?2),"
                    + " count(*) FILTER (WHERE delivery > 0), count(*) FILTER (WHERE delivery = 0 AND due_at > ?2),"
                    + " (SELECT count(*) FROM task_dead_letters WHERE queue = ?1)"
                    + " FROM task_entries WHERE queue = ?1");
            count.setLong(1, id);
            count.setLong(2, place.now());
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return new QueueCounts(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
            }
        });
    }

    @Override
    public List<String> queues() {
        return place.store().read(tx -> {
            List<String> all = new ArrayList<>();
            try (ResultSet rows = tx.statement("SELECT name FROM task_queues WHERE consumer = '' ORDER BY name")
                    .executeQuery()) {
                while (rows.next()) {
                    all.add(rows.getString(1));
                }
            }
            return all;
        });
    }

    @Override
    public void purge(String queue) {
        remove(queue, false);
    }

    @Override
    public void delete(String queue) {
        remove(queue, true);
    }

    private void remove(String queue, boolean alsoName) {
        place.store().write(tx -> {
            PreparedStatement delete = tx.statement("DELETE FROM task_queues WHERE name = ? AND consumer = ''");
            delete.setString(1, queue);
            delete.executeUpdate();
            names.forget(tx);
            return alsoName || names.queue(tx, queue, place.now()) != null;
        });
    }

    @Override
    public void probe() {
        place.store().write(tx -> 0);
    }
}
