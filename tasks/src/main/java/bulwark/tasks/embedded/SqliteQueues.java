package bulwark.tasks.embedded;

import bulwark.kernel.concurrent.Futures;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.tasks.broker.LimitedStart;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.store.EntryId;
import bulwark.tasks.store.WaiterRegistry;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Queues in the store. Thread-safe. */
final class SqliteQueues implements QueueApi {
    /** Long lists are cut, so that others get their turn between. */
    private static final int MAX_BATCH = 500;

    /** A clock that others turn wakes nobody, so it is looked at so often; the store is not. */
    private static final long MAX_SLEEP_MS = 100;

    private final StoreContext context;
    private final QueueTable queueTable;
    private final EntryTable entries;
    private final DeadLetterTable deadLetters;
    private final BacklogTable backlogs;

    SqliteQueues(StoreContext context, QueueTable queueTable, EntryTable entries, DeadLetterTable deadLetters) {
        this.context = context;
        this.queueTable = queueTable;
        this.entries = entries;
        this.deadLetters = deadLetters;
        this.backlogs = new BacklogTable(context);
    }

    @Override
    public void publish(List<StoreRpc.Publish> publications, String once) {
        List<CompletableFuture<List<Boolean>>> parts = new ArrayList<>();
        for (int from = 0; from < publications.size(); from += MAX_BATCH) {
            List<StoreRpc.Publish> part = publications.subList(from, Math.min(publications.size(), from + MAX_BATCH));
            String call = once.isEmpty() ? "" : once + "-" + from;
            parts.add(context.store()
                    .submit(tx -> CallDeduplicator.run(tx, call, context.now(), () -> {
                        publish(tx, part);
                        return List.of();
                    })));
        }
        for (CompletableFuture<List<Boolean>> part : parts) {
            Futures.join(part);
        }
    }

    private void publish(WriteTx tx, List<StoreRpc.Publish> publications) throws SQLException {
        long now = context.now();
        Set<String> woken = new HashSet<>();
        for (StoreRpc.Publish publish : publications) {
            if (publish.queued() != null && ResultTable.write(tx, publish.queued(), StatusApi.When.ABSENT, now)) {
                woken.add("task:" + publish.queued().id());
            }
            entries.put(tx, publish, now);
            woken.add("queue:" + publish.queue());
        }
        wake(tx, woken);
    }

    private void wake(WriteTx tx, Set<String> names) {
        WaiterRegistry wakeups = context.wakeups();
        tx.afterCommit(() -> names.forEach(wakeups::wake));
    }

    @Override
    public boolean publishOnce(String identity, long remembered, StoreRpc.Publish publish) {
        return context.store().write(tx -> {
            boolean first = CallDeduplicator.remember(tx, "fire:" + identity, context.now(), remembered, "");
            if (first) {
                publish(tx, List.of(publish));
            }
            return first;
        });
    }

    @Override
    public String publishUnique(String lock, String owner, long held, StoreRpc.Publish publish) {
        return context.store().write(tx -> {
            String holder = SqliteLocks.ownerOf(tx, lock, context.now());
            if (holder != null) {
                return holder;
            }
            SqliteLocks.acquire(tx, lock, owner, context.now(), held);
            publish(tx, List.of(publish));
            return owner;
        });
    }

    @Override
    public void broadcast(String channel, String message, String once) {
        context.store()
                .write(tx -> CallDeduplicator.run(tx, once, context.now(), () -> {
                    PreparedStatement listeners =
                            tx.statement("SELECT id FROM task_queues WHERE name = ? AND consumer <> ''");
                    listeners.setString(1, channel);
                    List<Long> queues = new ArrayList<>();
                    try (ResultSet rows = listeners.executeQuery()) {
                        while (rows.next()) {
                            queues.add(rows.getLong(1));
                        }
                    }
                    long now = context.now();
                    for (long queue : queues) {
                        entries.insert(tx, queue, 0, now, message, now);
                    }
                    wake(tx, Set.of("channel:" + channel));
                    return List.of();
                }));
    }

    private record PollResult(List<StoreRpc.Received> received, long nextDue) {}

    @Override
    public List<StoreRpc.Received> receive(StoreRpc.Poll poll) throws InterruptedException {
        long end = System.nanoTime() + poll.waitMillis() * 1_000_000;
        try (WaiterRegistry.Waiter waiter = context.wakeups().register(wakers(poll))) {
            while (true) {
                PollResult look = context.store().write(tx -> poll(tx, poll));
                if (!look.received.isEmpty() || !sleep(waiter, look.nextDue, end)) {
                    return look.received;
                }
            }
        }
    }

    private static List<String> wakers(StoreRpc.Poll poll) {
        return Stream.concat(
                        poll.queues().stream().map(queue -> "queue:" + queue),
                        poll.channels().stream().map(channel -> "channel:" + channel))
                .toList();
    }

    /** @return false when the time is over */
    private boolean sleep(WaiterRegistry.Waiter waiter, long nextDue, long end) throws InterruptedException {
        while (true) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0 || context.wakeups().closed()) {
                return false;
            }
            long nap = Math.clamp(nextDue - context.now(), 0, MAX_SLEEP_MS);
            if (waiter.await(Math.min(left, nap)) || context.now() >= nextDue) {
                return true;
            }
        }
    }

    private PollResult poll(WriteTx tx, StoreRpc.Poll poll) throws SQLException {
        long now = context.now();
        long next = Long.MAX_VALUE;
        List<StoreRpc.Received> received = new ArrayList<>();
        for (String channel : poll.channels()) {
            QueueTable.CachedQueue own = queueTable.channel(tx, channel, poll.consumer(), now);
            own.add(0);
            collect(tx, own, channel, true, poll, received, now);
            next = received.isEmpty() ? Math.min(next, entries.nextDue(tx, own, poll.suspects())) : next;
        }
        for (String name : poll.queues()) {
            QueueTable.CachedQueue queue = queueTable.queue(tx, name, now);
            backlogs.admit(tx, queue, entries, poll.max() - received.size());
            collect(tx, queue, name, false, poll, received, now);
            if (received.isEmpty()) {
                next = Math.min(next, entries.nextDue(tx, queue, poll.suspects()));
                next = Math.min(next, BacklogTable.nextDue(tx, queue));
            }
        }
        return new PollResult(received, next);
    }

    private void collect(
            WriteTx tx,
            QueueTable.CachedQueue queue,
            String name,
            boolean broadcast,
            StoreRpc.Poll poll,
            List<StoreRpc.Received> received,
            long now)
            throws SQLException {
        boolean suspects =
                poll.suspects() && received.stream().noneMatch(one -> TakeLimits.suspect(one.delivery() - 1));
        for (EntryTable.DueEntry found :
                entries.receive(tx, queue, poll, poll.max() - received.size(), suspects, now)) {
            received.add(new StoreRpc.Received(
                    found.id(),
                    name,
                    broadcast,
                    found.delivery(),
                    found.message(),
                    found.deaths(),
                    found.limitsPassed()));
        }
    }

    @Override
    public List<LimitedStart.LimitDecision> limit(List<StoreRpc.LimitedRun> starts) {
        return context.store().write(tx -> {
            List<LimitedStart.LimitDecision> decisions = new ArrayList<>(starts.size());
            Set<String> woken = new HashSet<>();
            for (StoreRpc.LimitedRun start : starts) {
                QueueTable.CachedQueue queue = queueTable.queue(tx, start.queue(), context.now());
                decisions.add(backlogs.limit(tx, queue, start));
                woken.add("queue:" + start.queue());
            }
            // Others know of no moment at which to look.
            wake(tx, decisions.contains(LimitedStart.LimitDecision.LAID_ASIDE) ? woken : Set.of());
            return decisions;
        });
    }

    @Override
    public List<RunStart.StartDecision> begin(List<StoreRpc.BeginRun> begins) {
        return context.store().write(tx -> {
            List<RunStart.StartDecision> verdicts = new ArrayList<>(begins.size());
            Set<String> woken = new HashSet<>();
            for (StoreRpc.BeginRun begin : begins) {
                RunStart.StartDecision decision = begin(tx, begin);
                verdicts.add(decision);
                if (decision == RunStart.StartDecision.RUN) {
                    woken.add("task:" + begin.running().id());
                }
            }
            wake(tx, woken);
            return verdicts;
        });
    }

    private RunStart.StartDecision begin(WriteTx tx, StoreRpc.BeginRun begin) throws SQLException {
        long now = context.now();
        if (ResultTable.beginFirst(tx, begin, now)) {
            return RunStart.StartDecision.RUN;
        }
        return isLeased(tx, begin.lease())
                ? ResultTable.begin(tx, begin, EntryId.text(begin.lease().id()), now)
                : RunStart.StartDecision.LEASE_LOST;
    }

    static boolean isLeased(ReadTx tx, StoreRpc.Lease lease) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT 1 FROM task_entries WHERE id = ? AND holder = ? AND delivery = ?");
        EntryTable.bind(select, 1, lease);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    @Override
    public List<Boolean> renew(List<StoreRpc.Lease> holds, long lease) {
        return context.store().write(tx -> {
            List<Boolean> held = new ArrayList<>(holds.size());
            for (StoreRpc.Lease hold : holds) {
                held.add(entries.renew(tx, hold, context.now() + lease));
            }
            return held;
        });
    }

    @Override
    public List<Boolean> settle(List<StoreRpc.Settle> ends, String once) {
        return context.store()
                .write(tx -> CallDeduplicator.run(tx, once, context.now(), () -> {
                    List<Boolean> settled = new ArrayList<>(ends.size());
                    Set<String> woken = new HashSet<>();
                    for (StoreRpc.Settle end : ends) {
                        settled.add(settle(tx, end, woken));
                    }
                    wake(tx, woken);
                    return settled;
                }));
    }

    private boolean settle(WriteTx tx, StoreRpc.Settle end, Set<String> woken) throws SQLException {
        long now = context.now();
        if (end.requeue() == null
                ? !entries.remove(tx, end.lease())
                : !requeue(tx, end.lease(), end.requeue(), woken, now)) {
            return false;
        }
        if (end.dead() != null) {
            deadLetters.add(
                    tx,
                    end.dead(),
                    queueTable.queue(tx, end.dead().queue(), now).id,
                    context.clock().instant());
        }
        if (end.status() != null) {
            if (end.unvouched() == null) {
                ResultTable.write(tx, end.status(), StatusApi.When.FENCED, now);
            } else {
                ResultTable.writeUnvouched(tx, end.status(), end.unvouched(), now);
            }
            woken.add("task:" + end.status().id());
        }
        return true;
    }

    /** A broadcast message is redelivered to its own consumer only. */
    private boolean requeue(WriteTx tx, StoreRpc.Lease lease, StoreRpc.Publish publish, Set<String> woken, long now)
            throws SQLException {
        Long from = entries.removeFrom(tx, lease);
        if (from == null) {
            return false;
        }
        String channel = channel(tx, from);
        if (channel == null) {
            entries.put(tx, publish, now);
            woken.add("queue:" + publish.queue());
        } else {
            entries.insert(tx, from, 0, Math.max(now, publish.notBefore()), publish.message(), now);
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
        return context.store().read(tx -> {
            Long id = QueueTable.find(tx, queue);
            if (id == null) {
                return new QueueCounts(0, 0, 0, 0);
            }
            PreparedStatement count = tx.statement(
                    "SELECT count(*) FILTER (WHERE delivery = 0 AND (due_at <= ?2 OR backlog IS NOT NULL)),"
                            + " count(*) FILTER (WHERE delivery > 0), count(*) FILTER (WHERE delivery = 0 AND due_at > ?2 AND backlog IS NULL),"
                            + " (SELECT count(*) FROM task_dead_letters WHERE queue = ?1)"
                            + " FROM task_entries WHERE queue = ?1");
            count.setLong(1, id);
            count.setLong(2, context.now());
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return new QueueCounts(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
            }
        });
    }

    @Override
    public List<String> queues() {
        return context.store().read(tx -> {
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
        context.store().write(tx -> {
            PreparedStatement delete = tx.statement("DELETE FROM task_queues WHERE name = ? AND consumer = ''");
            delete.setString(1, queue);
            delete.executeUpdate();
            queueTable.evict(tx);
            return alsoName || queueTable.queue(tx, queue, context.now()) != null;
        });
    }

    @Override
    public void ping() {
        context.store().write(tx -> 0);
    }
}
