package bulwark.tasks.setup;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Outgoing;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Start;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.stores.StatusRules;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A broker whose results are kept in another place. One step cannot span both: the status is written first, under its fence, then the entry is settled
 * without one. A crash between leaves a terminal status and an entry that comes again, which is then acknowledged and not run.
 */
final class SeparateResults implements Broker {
    private final Broker broker;
    private final ResultBackend results;
    private final Clock clock;
    private final Map<String, Duration> leases = new ConcurrentHashMap<>();

    SeparateResults(Broker broker, ResultBackend results, Clock clock) {
        this.broker = broker;
        this.results = results;
        this.clock = clock;
    }

    @Override
    public void publish(List<Outgoing> messages) {
        publication(messages).run();
    }

    /** What the broker refuses leaves no status behind. */
    @Override
    public Runnable publication(List<Outgoing> messages) {
        Runnable sending =
                broker.publication(messages.stream().map(SeparateResults::bare).toList());
        return () -> {
            messages.forEach(this::record);
            sending.run();
        };
    }

    @Override
    public boolean publishOnce(String identity, Duration remembered, Outgoing message) {
        record(message);
        return broker.publishOnce(identity, remembered, bare(message));
    }

    private void record(Outgoing message) {
        if (message.recordQueued()) {
            Instant now = clock.instant();
            results.putIfAbsent(StatusRules.queued(message, now), StatusRules.queuedRetention(message, now));
        }
    }

    private static Outgoing bare(Outgoing message) {
        return new Outgoing(message.message(), message.queue(), message.priority(), message.notBefore(), false);
    }

    @Override
    public void broadcast(String channel, Envelope envelope) {
        broker.broadcast(channel, envelope);
    }

    @Override
    public List<Arrival> take(Subscription subscription, TakeLimits limits, Duration wait) throws InterruptedException {
        leases.put(subscription.consumer(), subscription.lease());
        return broker.take(subscription, limits, wait);
    }

    @Override
    public List<Start.Verdict> begin(List<Start> starts) {
        Set<Receipt> lost = lost(starts.stream().map(Start::receipt).toList());
        List<Start.Verdict> verdicts = new ArrayList<>(starts.size());
        for (Start start : starts) {
            verdicts.add(lost.contains(start.receipt()) ? Start.Verdict.LOST : verdict(start));
        }
        return verdicts;
    }

    private Start.Verdict verdict(Start start) {
        TaskStatus known = results.get(start.running().id()).orElse(null);
        Start.Verdict verdict = StatusRules.verdict(known, start.receipt());
        if (verdict != Start.Verdict.RUN) {
            return verdict;
        }
        return results.putFenced(start.running()) ? Start.Verdict.RUN : Start.Verdict.LOST;
    }

    /** Renewing asks who holds an entry, and gives the holder a whole lease. */
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
        if (settlement instanceof Settlement.Dead dead && dead.statusOnlyIfAbsent()) {
            results.putIfAbsent(status, null);
        } else {
            results.putFenced(status);
        }
    }

    private static Settlement withoutStatus(Settlement settlement) {
        return switch (settlement) {
            case Settlement.Done done -> new Settlement.Done(done.receipt(), null);
            case Settlement.Again again ->
                new Settlement.Again(
                        again.receipt(), again.message(), again.queue(), again.priority(), again.notBefore(), null);
            case Settlement.Dead dead ->
                new Settlement.Dead(
                        dead.receipt(), dead.letter(), dead.queue(), dead.reason(), dead.meta(), null, false);
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
    public DeadLetter.Page deadLetters(String queue, int offset, int limit, @Nullable Instant since) {
        return broker.deadLetters(queue, offset, limit, since);
    }

    @Override
    public Optional<DeadLetter> deadLetter(String queue, String taskId) {
        return broker.deadLetter(queue, taskId);
    }

    /** The ids are admitted again before their messages can be taken. */
    @Override
    public List<DeadLetter> replay(String queue, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        if (!request.dryRun()) {
            DeadLetter.Replay rehearsal =
                    new DeadLetter.Replay(request.limit(), request.since(), request.delay(), request.taskId(), true);
            broker.replay(queue, rehearsal, UnaryOperator.identity()).forEach(letter -> admitAgain(letter, request));
        }
        return broker.replay(queue, request, prepare);
    }

    private void admitAgain(DeadLetter letter, DeadLetter.Replay request) {
        if (letter.message() != null) {
            TaskStatus known = results.get(letter.message().envelope().id()).orElse(null);
            TaskStatus again = StatusRules.readmitted(known, letter, request, clock.instant());
            if (again != null) {
                results.put(again, null);
            }
        }
    }

    @Override
    public int purgeDeadLetters(String queue, @Nullable Integer limit, @Nullable Instant since) {
        return broker.purgeDeadLetters(queue, limit, since);
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
    public void probe() {
        broker.probe();
        results.get("probe");
    }

    @Override
    public List<Risk> risks() {
        return broker.risks();
    }
}
