package bulwark.tasks.setup;

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
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.StatusTransitions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A broker whose results are kept in another store. One step cannot span both: the status is written first, under its fence, then the entry is settled
 * without one. A crash between leaves a terminal status and a message that is redelivered, which is then acknowledged and not run.
 */
final class SplitResultBroker implements Broker {
    private final Broker broker;
    private final ResultBackend results;
    private final Clock clock;
    private final DeadLetterStore deadLetters;
    private final Map<String, Duration> leases = new ConcurrentHashMap<>();

    SplitResultBroker(Broker broker, ResultBackend results, Clock clock) {
        this.broker = broker;
        this.results = results;
        this.clock = clock;
        deadLetters = new SplitDeadLetters(broker.deadLetters(), results, clock);
    }

    /** What the broker refuses leaves no status behind. */
    @Override
    public Runnable publication(List<Publication> messages) {
        Runnable sending = broker.publication(
                messages.stream().map(SplitResultBroker::bare).toList());
        return () -> {
            messages.forEach(this::record);
            sending.run();
        };
    }

    @Override
    public boolean publishOnce(String identity, Duration remembered, Publication message) {
        record(message);
        return broker.publishOnce(identity, remembered, bare(message));
    }

    /** The status comes second: of a duplicate there is none. A worker that was quicker has written a later one. */
    @Override
    public String publishUnique(UniqueLock lock, Publication message) {
        String holder = broker.publishUnique(lock, bare(message));
        if (holder.equals(message.message().envelope().id())) {
            record(message);
        }
        return holder;
    }

    private void record(Publication message) {
        if (message.recordQueued()) {
            Instant now = clock.instant();
            results.putIfAbsent(
                    StatusTransitions.queued(message, now), StatusTransitions.queuedRetention(message, now));
        }
    }

    private static Publication bare(Publication message) {
        return new Publication(message.message(), message.queue(), message.priority(), message.notBefore(), false);
    }

    @Override
    public void broadcast(String channel, Envelope envelope) {
        broker.broadcast(channel, envelope);
    }

    @Override
    public List<ReceivedMessage> receive(Subscription subscription, TakeLimits limits, Duration wait)
            throws InterruptedException {
        leases.put(subscription.consumer(), subscription.lease());
        return broker.receive(subscription, limits, wait);
    }

    @Override
    public List<LimitedStart.LimitDecision> limit(List<LimitedStart> starts) {
        return broker.limit(starts);
    }

    @Override
    public List<RunStart.StartDecision> begin(List<RunStart> starts) {
        Set<Receipt> lost = lost(starts.stream().map(RunStart::receipt).toList());
        List<RunStart.StartDecision> verdicts = new ArrayList<>(starts.size());
        for (RunStart start : starts) {
            verdicts.add(lost.contains(start.receipt()) ? RunStart.StartDecision.LEASE_LOST : verdict(start));
        }
        return verdicts;
    }

    private RunStart.StartDecision verdict(RunStart start) {
        TaskStatus known = results.get(start.running().id()).orElse(null);
        RunStart.StartDecision decision = StatusTransitions.verdict(known, start.receipt());
        if (decision != RunStart.StartDecision.RUN) {
            return decision;
        }
        return results.putFenced(start.running()) ? RunStart.StartDecision.RUN : RunStart.StartDecision.LEASE_LOST;
    }

    /** Renewing asks who holds an entry, and gives the consumer a whole lease. */
    private Set<Receipt> lost(List<Receipt> receipts) {
        Set<Receipt> lost = new HashSet<>();
        Map<String, List<Receipt>> byConsumer =
                receipts.stream().collect(java.util.stream.Collectors.groupingBy(Receipt::consumer));
        byConsumer.forEach((consumer, theirs) ->
                lost.addAll(broker.renew(theirs, leases.getOrDefault(consumer, Duration.ofSeconds(30)))));
        return lost;
    }

    @Override
    public List<Receipt> renew(Collection<Receipt> receipts, Duration lease) {
        return broker.renew(receipts, lease);
    }

    @Override
    public List<Boolean> settle(List<Settlement> settlements) {
        Set<Receipt> lost = lost(settlements.stream()
                .filter(settlement -> settlement.status() != null)
                .map(Settlement::receipt)
                .toList());
        List<Settlement> bare = new ArrayList<>(settlements.size());
        for (Settlement settlement : settlements) {
            if (!lost.contains(settlement.receipt())) {
                write(settlement);
            }
            bare.add(withoutStatus(settlement));
        }
        return broker.settle(bare);
    }

    private void write(Settlement settlement) {
        TaskStatus status = settlement.status();
        if (status == null) {
            return;
        }
        String unvouched = settlement instanceof Settlement.Reject reject ? reject.unvouched() : null;
        if (unvouched != null) {
            results.putUnvouched(status, unvouched);
        } else {
            results.putFenced(status);
        }
    }

    private static Settlement withoutStatus(Settlement settlement) {
        return switch (settlement) {
            case Settlement.Ack done -> new Settlement.Ack(done.receipt(), null);
            case Settlement.Requeue requeue ->
                new Settlement.Requeue(
                        requeue.receipt(),
                        requeue.message(),
                        requeue.queue(),
                        requeue.priority(),
                        requeue.notBefore(),
                        null);
            case Settlement.Reject reject ->
                new Settlement.Reject(
                        reject.receipt(), reject.content(), reject.queue(), reject.reason(), reject.meta(), null, null);
        };
    }

    @Override
    public QueueCounts counts(String queue) {
        return broker.counts(queue);
    }

    @Override
    public List<String> queues() {
        return broker.queues();
    }

    @Override
    public DeadLetterStore deadLetters() {
        return deadLetters;
    }

    @Override
    public void purge(String queue) {
        broker.purge(queue);
    }

    @Override
    public void delete(String queue) {
        broker.delete(queue);
    }

    @Override
    public void checkWritable() {
        broker.checkWritable();
    }

    @Override
    public void ping() {
        broker.ping();
        results.get("probe");
    }

    @Override
    public List<DurabilityWarning> durabilityWarnings() {
        return broker.durabilityWarnings();
    }
}
