package bulwark.tasks.embedded;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.DeadLetterStore;
import bulwark.tasks.broker.HolderDeath;
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
import bulwark.tasks.envelope.DeliveryState;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.EnvelopeDigest;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.EnvelopeWeight;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.EntryId;
import bulwark.tasks.store.StatusTransitions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns messages into rows and back, in the process that uses them; the store's owner reads none of them. */
final class EmbeddedBroker implements Broker {
    private static final Duration MAX_POLL_TIMEOUT = Duration.ofSeconds(5);

    private final StoreClient client;
    private final QueueApi queues;
    private final EmbeddedDeadLetters deadLetters;
    private final Clock clock;
    private final Duration retention;
    private final int maxEnvelopeBytes;

    EmbeddedBroker(StoreClient client, Clock clock, Duration retention, int maxEnvelopeBytes) {
        this.retention = retention;
        this.maxEnvelopeBytes = Math.min(maxEnvelopeBytes, EntryTable.MAX_MESSAGE_CHARS);
        this.client = client;
        this.queues = client.as(QueueApi.class);
        this.deadLetters = new EmbeddedDeadLetters(client);
        this.clock = clock;
    }

    @Override
    public Runnable publication(List<Publication> messages) {
        List<StoreRpc.Publish> publications = messages.stream().map(this::put).toList();
        return () -> {
            for (List<StoreRpc.Publish> part : CallBatcher.of(publications, EmbeddedBroker::length)) {
                queues.publish(part, client.newCallId());
            }
        };
    }

    private StoreRpc.Publish put(Publication out) {
        String text = EnvelopeCodec.json(out.message());
        EnvelopeCodec.refuseLonger(text.length(), maxEnvelopeBytes);
        StoreRpc.Status queued = null;
        if (out.recordQueued()) {
            Instant now = clock.instant();
            // The text of a fresh message is what the digest is made of.
            TaskStatus status = out.message().state().equals(DeliveryState.FRESH)
                    ? StatusTransitions.queued(out, EnvelopeDigest.ofJson(out.queue(), text), now)
                    : StatusTransitions.queued(out, now);
            queued = RpcMapper.row(status, StatusTransitions.queuedRetention(out, now, retention));
        }
        return put(text, out.queue(), out.priority(), out.notBefore(), queued);
    }

    private static StoreRpc.Publish put(
            String text, String queue, int priority, @Nullable Instant notBefore, StoreRpc.@Nullable Status queued) {
        long due = notBefore == null ? 0 : notBefore.toEpochMilli();
        return new StoreRpc.Publish(text, queue, priority, due, queued);
    }

    private static int length(StoreRpc.Publish publish) {
        return publish.message().length()
                + (publish.queued() == null ? 0 : publish.queued().body().length());
    }

    @Override
    public boolean publishOnce(String identity, Duration remembered, Publication message) {
        return queues.publishOnce(identity, remembered.toMillis(), put(message));
    }

    @Override
    public String publishUnique(UniqueLock lock, Publication message) {
        String owner = message.message().envelope().id();
        return queues.publishUnique(lock.key(), owner, lock.held().toMillis(), put(message));
    }

    @Override
    public void broadcast(String channel, Envelope envelope) {
        String text = EnvelopeCodec.json(Message.fresh(envelope));
        EnvelopeCodec.refuseLonger(text.length(), maxEnvelopeBytes);
        queues.broadcast(channel, text, client.newCallId());
    }

    @Override
    public List<ReceivedMessage> receive(Subscription by, TakeLimits limits, Duration wait)
            throws InterruptedException {
        Duration timeout = wait.compareTo(MAX_POLL_TIMEOUT) > 0 ? MAX_POLL_TIMEOUT : wait;
        StoreRpc.Poll poll = new StoreRpc.Poll(
                by.queues(),
                by.channels(),
                by.consumer(),
                by.lease().toMillis(),
                limits.maxEntries(),
                timeout.toMillis(),
                limits.suspects());
        return queues.receive(poll).stream()
                .map(received -> receivedMessage(received, by, limits.unread()))
                .toList();
    }

    private ReceivedMessage receivedMessage(StoreRpc.Received received, Subscription by, boolean mayStayUnread) {
        if (mayStayUnread && !received.broadcast()) {
            long weight = EnvelopeWeight.of(received.message());
            if (weight > EnvelopeWeight.LIGHT) {
                Receipt receipt = receipt(received, by);
                return new ReceivedMessage.Unread(
                        receipt,
                        received.queue(),
                        HolderDeath.parse(received.deaths()),
                        received.message().length(),
                        weight,
                        new ReceivedMessage.Unread.Text() {
                            @Override
                            public ReceivedMessage read() {
                                return receivedMessage(received, by, false);
                            }

                            @Override
                            public ReceivedMessage.Malformed refuse(String reason) {
                                return malformed(receipt, received, reason);
                            }
                        });
            }
        }
        Receipt receipt = receipt(received, by);
        try {
            return new ReceivedMessage.Delivery(
                    receipt,
                    received.queue(),
                    EnvelopeCodec.ofJson(received.message(), maxEnvelopeBytes),
                    received.broadcast(),
                    HolderDeath.parse(received.deaths()),
                    received.limitsPassed());
        } catch (EnvelopeRefused e) {
            return malformed(receipt, received, String.valueOf(e.getMessage()));
        }
    }

    private static Receipt receipt(StoreRpc.Received received, Subscription by) {
        return new Receipt(
                received.queue(),
                received.broadcast() ? "broadcast" : "queue",
                by.consumer(),
                EntryId.text(received.id()),
                received.delivery());
    }

    private ReceivedMessage.Malformed malformed(Receipt receipt, StoreRpc.Received received, String reason) {
        String kept = EnvelopeCodec.cut(received.message(), EnvelopeCodec.maxUnread(maxEnvelopeBytes));
        return new ReceivedMessage.Malformed(receipt, received.queue(), Map.of("json", kept), reason);
    }

    private static StoreRpc.Lease lease(Receipt receipt) {
        return new StoreRpc.Lease(EntryId.of(receipt.entryId()), receipt.consumer(), receipt.delivery());
    }

    @Override
    public List<LimitedStart.LimitDecision> limit(List<LimitedStart> starts) {
        return queues.limit(starts.stream()
                .map(start ->
                        new StoreRpc.LimitedRun(lease(start.receipt()), start.queue(), start.backlog(), start.limits()))
                .toList());
    }

    @Override
    public List<RunStart.StartDecision> begin(List<RunStart> starts) {
        List<StoreRpc.BeginRun> begins = starts.stream()
                .map(start -> new StoreRpc.BeginRun(lease(start.receipt()), statusRow(start.running())))
                .toList();
        List<RunStart.StartDecision> verdicts = new ArrayList<>(starts.size());
        for (List<StoreRpc.BeginRun> part :
                CallBatcher.of(begins, begin -> begin.running().body().length())) {
            verdicts.addAll(queues.begin(part));
        }
        return verdicts;
    }

    private StoreRpc.Status statusRow(TaskStatus status) {
        return RpcMapper.row(status, retention);
    }

    @Override
    public List<Receipt> renew(Collection<Receipt> receipts, Duration lease) {
        List<Receipt> asked = List.copyOf(receipts);
        List<Boolean> held = asked.isEmpty()
                ? List.of()
                : queues.renew(asked.stream().map(EmbeddedBroker::lease).toList(), lease.toMillis());
        List<Receipt> lost = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (!held.get(i)) {
                lost.add(asked.get(i));
            }
        }
        return lost;
    }

    @Override
    public List<Boolean> settle(List<Settlement> settlements) {
        List<StoreRpc.Settle> ends =
                settlements.stream().map(this::settleRequest).toList();
        List<Boolean> settled = new ArrayList<>(ends.size());
        for (List<StoreRpc.Settle> part : CallBatcher.of(ends, EmbeddedBroker::length)) {
            settled.addAll(queues.settle(part, client.newCallId()));
        }
        return settled;
    }

    private static int length(StoreRpc.Settle end) {
        return (end.status() == null ? 0 : end.status().body().length())
                + (end.requeue() == null ? 0 : length(end.requeue()))
                + (end.dead() == null
                        ? 0
                        : length(end.dead().message()) + length(end.dead().fields()));
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private StoreRpc.Settle settleRequest(Settlement settlement) {
        StoreRpc.Publish again = null;
        StoreRpc.DeadLetterContent content = null;
        String unvouched = null;
        if (settlement instanceof Settlement.Requeue back) {
            again = put(EnvelopeCodec.json(back.message()), back.queue(), back.priority(), back.notBefore(), null);
        } else if (settlement instanceof Settlement.Reject reject) {
            content = deadLetterContent(reject);
            unvouched = reject.unvouched();
        }
        TaskStatus status = settlement.status();
        return new StoreRpc.Settle(
                lease(settlement.receipt()), again, content, status == null ? null : statusRow(status), unvouched);
    }

    private static StoreRpc.DeadLetterContent deadLetterContent(Settlement.Reject rejected) {
        String meta = json(rejected.meta());
        return switch (rejected.content()) {
            case Settlement.Content.WholeMessage(Message message) ->
                new StoreRpc.DeadLetterContent(
                        rejected.queue(),
                        message.envelope().id(),
                        EnvelopeCodec.json(message),
                        null,
                        rejected.reason(),
                        meta);
            case Settlement.Content.RawFields(Map<String, String> fields) ->
                new StoreRpc.DeadLetterContent(
                        rejected.queue(),
                        new ReceivedMessage.Malformed(rejected.receipt(), rejected.queue(), fields, "").claimedTaskId(),
                        null,
                        json(fields),
                        rejected.reason(),
                        meta);
        };
    }

    private static String json(Object value) {
        return StrictJson.text(value);
    }

    @Override
    public QueueCounts counts(String queue) {
        return queues.counts(queue);
    }

    @Override
    public List<String> queues() {
        return queues.queues();
    }

    @Override
    public DeadLetterStore deadLetters() {
        return deadLetters;
    }

    @Override
    public void purge(String queue) {
        queues.purge(queue);
    }

    @Override
    public void delete(String queue) {
        queues.delete(queue);
    }

    /** By the thread that writes. */
    @Override
    public void checkWritable() {
        ping();
    }

    @Override
    public void ping() {
        queues.ping();
    }

    @Override
    public List<DurabilityWarning> durabilityWarnings() {
        return List.of();
    }
}
