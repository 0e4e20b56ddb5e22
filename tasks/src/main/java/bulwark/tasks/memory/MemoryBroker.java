package bulwark.tasks.memory;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.DeadLetterStore;
import bulwark.tasks.broker.LimitedStart;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.broker.UniqueLock;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.EntryId;
import bulwark.tasks.store.JointLimit;
import bulwark.tasks.store.StatusTransitions;
import bulwark.tasks.store.WaiterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Queues as sorted sets under one lock. */
final class MemoryBroker implements Broker {
    /** A clock that others turn wakes nobody, so it is looked at so often. */
    private static final long MAX_SLEEP_MS = 50;

    private final Clock clock;
    private final ReentrantLock lock;
    private final WaiterRegistry wakeups;
    private final MemoryResults results;
    private final MemoryRates rates;
    private final MemoryLocks locks;
    private final Map<String, MemoryQueue> queues = new TreeMap<>();
    private final MemoryChannels channels = new MemoryChannels();
    private final MemoryDeadLetters deadLetters;
    private final Map<String, Instant> identities = new HashMap<>();
    private long lastId;

    MemoryBroker(
            Clock clock,
            ReentrantLock lock,
            WaiterRegistry wakeups,
            MemoryResults results,
            MemoryRates rates,
            MemoryLocks locks) {
        this.locks = locks;
        this.rates = rates;
        this.clock = clock;
        this.lock = lock;
        this.wakeups = wakeups;
        this.results = results;
        deadLetters = new MemoryDeadLetters(clock, lock, results, this::enqueue);
    }

    private <T extends @Nullable Object> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private long nextId() {
        lastId = Math.max(lastId + 1, EntryId.at(clock.millis()));
        return lastId;
    }

    private MemoryQueue queue(String name) {
        return queues.computeIfAbsent(name, ignored -> new MemoryQueue());
    }

    private void enqueue(Message message, String queue, int priority, @Nullable Instant notBefore) {
        enqueue(new Settlement.Content.WholeMessage(message), queue, priority, notBefore);
    }

    private void enqueue(Settlement.Content content, String queue, int priority, @Nullable Instant notBefore) {
        long now = clock.millis();
        long due = notBefore == null ? now : Math.max(now, notBefore.toEpochMilli());
        queue(queue).add(nextId(), content, priority, due);
        wakeups.wake("queue:" + queue);
    }

    @Override
    public Runnable publication(List<Publication> messages) {
        messages.forEach(MemoryBroker::refuseLonger);
        return () -> locked(() -> {
            messages.forEach(this::publishOne);
            return messages;
        });
    }

    private static void refuseLonger(Publication out) {
        EnvelopeCodec.refuseLonger(EnvelopeCodec.json(out.message()).length(), MAX_ENVELOPE_BYTES);
    }

    private void publishOne(Publication out) {
        if (out.recordQueued()) {
            Instant now = clock.instant();
            results.putIfAbsent(StatusTransitions.queued(out, now), StatusTransitions.queuedRetention(out, now));
        }
        enqueue(out.message(), out.queue(), out.priority(), out.notBefore());
    }

    @Override
    public boolean publishOnce(String identity, Duration remembered, Publication message) {
        refuseLonger(message);
        return locked(() -> {
            Instant now = clock.instant();
            identities.values().removeIf(until -> !until.isAfter(now));
            boolean first = identities.putIfAbsent(identity, now.plus(remembered)) == null;
            if (first) {
                publishOne(message);
            }
            return first;
        });
    }

    @Override
    public String publishUnique(UniqueLock lock, Publication message) {
        refuseLonger(message);
        String owner = message.message().envelope().id();
        return locked(() -> {
            while (true) {
                Optional<String> holder = locks.ownerOf(lock.key());
                if (holder.isPresent()) {
                    return holder.get();
                }
                if (locks.acquire(lock.key(), owner, lock.held())) {
                    publishOne(message);
                    return owner;
                }
            }
        });
    }

    @Override
    public void broadcast(String channel, Envelope envelope) {
        locked(() -> {
            channels.add(channel, Message.fresh(envelope), this::nextId, clock.millis());
            wakeups.wake("channel:" + channel);
            return channel;
        });
    }

    @Override
    public List<ReceivedMessage> receive(Subscription subscription, TakeLimits limits, Duration wait)
            throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        try (WaiterRegistry.Waiter waiter = wakeups.register(names(subscription))) {
            while (true) {
                List<ReceivedMessage> taken = locked(() -> receiveNow(subscription, limits));
                long left = (end - System.nanoTime()) / 1_000_000;
                if (!taken.isEmpty() || left <= 0 || wakeups.closed()) {
                    return taken;
                }
                waiter.await(Math.min(left, locked(() -> sleepTime(subscription, limits.suspects()))));
            }
        }
    }

    private static List<String> names(Subscription subscription) {
        return Stream.concat(
                        subscription.queues().stream().map(queue -> "queue:" + queue),
                        subscription.channels().stream().map(channel -> "channel:" + channel))
                .toList();
    }

    private List<ReceivedMessage> receiveNow(Subscription subscription, TakeLimits limits) {
        List<ReceivedMessage> taken = new ArrayList<>();
        for (String channel : subscription.channels()) {
            MemoryQueue own = channels.join(channel, subscription.consumer());
            receiveFrom(own, channel, true, subscription, limits, taken);
        }
        for (String name : subscription.queues()) {
            receiveFrom(queue(name), name, false, subscription, limits, taken);
        }
        return taken;
    }

    private void receiveFrom(
            MemoryQueue queue,
            String name,
            boolean broadcast,
            Subscription by,
            TakeLimits limits,
            List<ReceivedMessage> taken) {
        long now = clock.millis();
        queue.admit(limits.maxEntries() - taken.size(), now, this::nextId, rates::step);
        while (taken.size() < limits.maxEntries()) {
            boolean suspects = limits.suspects()
                    && taken.stream()
                            .noneMatch(one -> TakeLimits.suspect(one.receipt().delivery() - 1));
            MemoryQueue.Entry entry =
                    queue.receive(by.consumer(), now, now + by.lease().toMillis(), suspects);
            if (entry == null) {
                return;
            }
            Receipt receipt =
                    new Receipt(name, broadcast ? "broadcast" : "queue", by.consumer(), entry.text(), entry.delivery());
            taken.add(
                    switch (entry.content) {
                        case Settlement.Content.WholeMessage(Message message) ->
                            new ReceivedMessage.Delivery(
                                    receipt, name, message, broadcast, entry.deaths(), entry.limitsPassed());
                        case Settlement.Content.RawFields(Map<String, String> fields) ->
                            new ReceivedMessage.Malformed(receipt, name, fields, "it was no envelope before");
                    });
        }
    }

    private long sleepTime(Subscription subscription, boolean suspects) {
        long due = subscription.queues().stream()
                .mapToLong(name ->
                        Math.min(queue(name).nextDue(suspects), queue(name).nextAdmission()))
                .min()
                .orElse(Long.MAX_VALUE);
        return Math.clamp(due - clock.millis(), 1, MAX_SLEEP_MS);
    }

    private @Nullable MemoryQueue queueOf(Receipt receipt) {
        return receipt.group().equals("broadcast") ? channels.of(receipt) : queues.get(receipt.stream());
    }

    private MemoryQueue.@Nullable Entry leasedEntry(Receipt receipt) {
        MemoryQueue queue = queueOf(receipt);
        return queue == null ? null : queue.leased(receipt);
    }

    @Override
    public List<LimitedStart.LimitDecision> limit(List<LimitedStart> starts) {
        return locked(() -> starts.stream().map(this::limitOne).toList());
    }

    private LimitedStart.LimitDecision limitOne(LimitedStart start) {
        MemoryQueue.Entry entry = leasedEntry(start.receipt());
        if (entry == null) {
            return LimitedStart.LimitDecision.LEASE_LOST;
        }
        MemoryQueue queue = queue(start.queue());
        long now = clock.millis();
        if (!queue.waits(start.backlog())) {
            JointLimit.Step step = rates.step(start.limits());
            if (step.granted()) {
                return LimitedStart.LimitDecision.START;
            }
            queue.layAside(entry, start, MemoryBacklogs.due(now, step.delay()));
        } else {
            queue.layAside(entry, start, now);
        }
        wakeups.wake("queue:" + start.queue());
        return LimitedStart.LimitDecision.LAID_ASIDE;
    }

    @Override
    public List<RunStart.StartDecision> begin(List<RunStart> starts) {
        return locked(() -> starts.stream().map(this::beginOne).toList());
    }

    private RunStart.StartDecision beginOne(RunStart start) {
        if (leasedEntry(start.receipt()) == null) {
            return RunStart.StartDecision.LEASE_LOST;
        }
        RunStart.StartDecision decision =
                StatusTransitions.verdict(results.stored(start.running().id()), start.receipt());
        if (decision == RunStart.StartDecision.RUN) {
            results.putFenced(start.running());
        }
        return decision;
    }

    @Override
    public List<Receipt> renew(Collection<Receipt> receipts, Duration lease) {
        return locked(() -> receipts.stream()
                .filter(receipt -> {
                    MemoryQueue.Entry entry = leasedEntry(receipt);
                    if (entry != null) {
                        Objects.requireNonNull(queueOf(receipt)).renew(entry, clock.millis() + lease.toMillis());
                    }
                    return entry == null;
                })
                .toList());
    }

    @Override
    public List<Boolean> settle(List<Settlement> settlements) {
        return locked(() -> settlements.stream().map(this::settleOne).toList());
    }

    private boolean settleOne(Settlement settlement) {
        Receipt receipt = settlement.receipt();
        MemoryQueue.Entry entry = leasedEntry(receipt);
        MemoryQueue queue = queueOf(receipt);
        if (entry == null || queue == null) {
            return false;
        }
        queue.remove(entry);
        switch (settlement) {
            case Settlement.Ack _ -> {}
            case Settlement.Requeue requeue -> requeue(requeue, queue);
            case Settlement.Reject reject -> deadLetters.add(reject, clock.instant());
        }
        TaskStatus status = settlement.status();
        String unvouched = settlement instanceof Settlement.Reject reject ? reject.unvouched() : null;
        if (status != null && unvouched != null) {
            results.putUnvouched(status, unvouched);
        } else if (status != null) {
            results.putFenced(status);
        }
        return true;
    }

    /** A broadcast message is redelivered to its own consumer only. */
    private void requeue(Settlement.Requeue requeue, MemoryQueue queue) {
        if (!requeue.receipt().group().equals("broadcast")) {
            enqueue(requeue.message(), requeue.queue(), requeue.priority(), requeue.notBefore());
            return;
        }
        long now = clock.millis();
        Instant notBefore = requeue.notBefore();
        queue.add(nextId(), requeue.message(), 0, notBefore == null ? now : Math.max(now, notBefore.toEpochMilli()));
        wakeups.wake("channel:" + requeue.receipt().stream());
    }

    @Override
    public QueueCounts counts(String queue) {
        return locked(() -> {
            MemoryQueue there = queues.get(queue);
            long dead = deadLetters.size(queue);
            return there == null ? new QueueCounts(0, 0, 0, dead) : there.counts(clock.millis(), dead);
        });
    }

    @Override
    public List<String> queues() {
        return locked(() -> Stream.concat(queues.keySet().stream(), deadLetters.queues().stream())
                .distinct()
                .sorted()
                .toList());
    }

    @Override
    public DeadLetterStore deadLetters() {
        return deadLetters;
    }

    @Override
    public void purge(String queue) {
        locked(() -> {
            queue(queue).clear();
            deadLetters.clear(queue);
            return queue;
        });
    }

    @Override
    public void delete(String queue) {
        locked(() -> {
            deadLetters.clear(queue);
            return queues.remove(queue);
        });
    }

    @Override
    public void ping() {}

    @Override
    public void checkWritable() {}

    @Override
    public List<DurabilityWarning> durabilityWarnings() {
        return List.of(new DurabilityWarning("Tasks are kept in memory and end with this process.", false));
    }
}
