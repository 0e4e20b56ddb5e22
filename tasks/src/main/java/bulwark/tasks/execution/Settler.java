package bulwark.tasks.execution;

import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.envelope.DeliveryState;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeDigest;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.lease.InFlight;
import bulwark.tasks.lease.LeasedDelivery;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.LockStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settles leased deliveries: builds the settlement, sends it, and releases the delivery once the broker has it. Thread-safe. */
public final class Settler {
    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
    static final String UNIQUE_LOCK = "stem:unique:";
    private static final String UNWRITABLE_ENDING = "unwritable-ending";
    private static final Duration MIN_PAUSE = Duration.ofSeconds(1);
    private static final Duration MAX_PAUSE = Duration.ofMinutes(1);

    private final SettlementBatcher settlements;
    private final InFlight inFlight;
    private final ResultBackend results;
    private final LockStore locks;
    private final StatusFactory statuses;
    private final Clock clock;

    public Settler(
            SettlementBatcher settlements,
            InFlight inFlight,
            ResultBackend results,
            LockStore locks,
            StatusFactory statuses,
            Clock clock) {
        this.settlements = settlements;
        this.inFlight = inFlight;
        this.results = results;
        this.locks = locks;
        this.statuses = statuses;
        this.clock = clock;
    }

    /** @param status null: none is written */
    void acknowledge(
            LeasedDelivery leased, @Nullable TaskStatus status, Consumer<SettlementBatcher.SettlementResult> after) {
        send(leased, new Settlement.Ack(leased.receipt(), fenced(leased, status)), terminal(status), after);
    }

    /** @param vouched see {@link AdmissionDecision.Reject} */
    void deadLetter(
            LeasedDelivery leased,
            String reason,
            Map<String, ?> meta,
            @Nullable TaskStatus status,
            boolean vouched,
            Consumer<SettlementBatcher.SettlementResult> after) {
        Settlement.Content content = switch (leased.message()) {
            case ReceivedMessage.Delivery delivery -> new Settlement.Content.WholeMessage(delivery.message());
            case ReceivedMessage.Malformed malformed -> new Settlement.Content.RawFields(malformed.fields());
            case ReceivedMessage.Unread unread ->
                new Settlement.Content.RawFields(unread.text().refuse("").fields());
        };
        String queue = leased.message().queue();
        String unvouched = vouched ? null : digest(queue, content);
        TaskStatus written = unvouched == null ? fenced(leased, status) : unfenced(leased, status, unvouched);
        send(
                leased,
                new Settlement.Reject(leased.receipt(), content, queue, reason, meta, written, unvouched),
                vouched && terminal(status),
                after);
    }

    TaskStatus malformed(ReceivedMessage.Malformed malformed) {
        return statuses.malformed(malformed);
    }

    private static String digest(String queue, Settlement.Content content) {
        return switch (content) {
            case Settlement.Content.WholeMessage(Message message) -> EnvelopeDigest.of(queue, message.envelope());
            case Settlement.Content.RawFields(Map<String, String> fields) -> EnvelopeDigest.ofRaw(queue, fields);
        };
    }

    /** Only a run of a valid message has a fence. */
    private @Nullable TaskStatus unfenced(LeasedDelivery leased, @Nullable TaskStatus status, String digest) {
        if (status == null) {
            return null;
        }
        status.meta().remove(TaskStatus.FENCE);
        if (!broadcast(leased)) {
            return status;
        }
        try {
            results.putUnvouched(status, digest);
        } catch (RuntimeException e) {
            LOG.warn("The status of a broadcast task was not written.", e);
        }
        return null;
    }

    /** @param message what is redelivered */
    void requeue(
            LeasedDelivery leased,
            Message message,
            @Nullable Instant notBefore,
            @Nullable TaskStatus status,
            Consumer<SettlementBatcher.SettlementResult> after) {
        int priority = message.envelope().priority();
        String queue = leased.message().queue();
        if (status != null) {
            status.meta().put(TaskStatus.ENVELOPE, EnvelopeDigest.of(queue, message.envelope()));
        }
        send(
                leased,
                new Settlement.Requeue(leased.receipt(), message, queue, priority, notBefore, fenced(leased, status)),
                false,
                after);
    }

    /** Redelivered unchanged, no retry counted. */
    public void requeueUnchanged(
            LeasedDelivery leased,
            @Nullable Instant notBefore,
            @Nullable TaskStatus status,
            Consumer<SettlementBatcher.SettlementResult> after) {
        Message message = ((ReceivedMessage.Delivery) leased.message()).message();
        requeue(leased, withAttempt(message, message.attempt(), notBefore), notBefore, status, after);
    }

    /** The signed envelope as it is, and beside it what changed. */
    Message withAttempt(Message message, int attempt, @Nullable Instant notBefore) {
        Instant firstSeen = message.state().firstSeen();
        Instant seen = firstSeen == null ? clock.instant() : firstSeen;
        return new Message(message.envelope(), new DeliveryState(attempt, notBefore, seen));
    }

    /** Asks the broker whether the run may start; for a broadcast, where each consumer runs its own copy, nobody needs asking. */
    CompletableFuture<RunStart.StartDecision> begin(LeasedDelivery leased, TaskStatus status) {
        return broadcast(leased)
                ? CompletableFuture.completedFuture(RunStart.StartDecision.RUN)
                : settlements.begin(new RunStart(leased.receipt(), status));
    }

    static boolean broadcast(LeasedDelivery leased) {
        return leased.message() instanceof ReceivedMessage.Delivery delivery && delivery.broadcast();
    }

    /** The copies of a broadcast share an id and no order, so their statuses are written beside the settlement: the last to end counts. */
    private @Nullable TaskStatus fenced(LeasedDelivery leased, @Nullable TaskStatus status) {
        if (status == null || !broadcast(leased)) {
            return status;
        }
        try {
            results.put(status, null);
        } catch (RuntimeException e) {
            LOG.warn("The status of a broadcast task was not written.", e);
        }
        return null;
    }

    private static boolean terminal(@Nullable TaskStatus status) {
        return status != null && status.state().terminal();
    }

    private void send(
            LeasedDelivery leased,
            Settlement settlement,
            boolean endsTask,
            Consumer<SettlementBatcher.SettlementResult> after) {
        settlements.settle(settlement).whenComplete((settled, thrown) -> {
            if (thrown != null) {
                unsettled(leased, settlement, thrown);
                return;
            }
            inFlight.remove(leased);
            if (endsTask && settled == SettlementBatcher.SettlementResult.WRITTEN) {
                releaseUnique(leased);
            }
            after.accept(settled);
        });
    }

    private void unsettled(LeasedDelivery leased, Settlement settlement, Throwable thrown) {
        boolean lastWord = settlement instanceof Settlement.Reject reject
                && reject.reason().equals(UNWRITABLE_ENDING);
        if (!lastWord && Fault.of(thrown) instanceof Fault.Permanent fault) {
            LOG.error("A task's ending cannot be written, so the task fails: {}", fault.sentence());
            fail(leased, fault);
        } else {
            inFlight.remove(leased);
            LOG.error("A task could not be settled and will be redelivered when its lease expires.", thrown);
        }
    }

    /** Ends the message for good although what should have been written of it cannot be. Never throws. */
    void fail(LeasedDelivery leased, Fault.Permanent fault) {
        try {
            TaskStatus status = null;
            String sentence = StatusFactory.cut(fault.sentence());
            if (leased.message() instanceof ReceivedMessage.Delivery delivery) {
                status = statuses.failed(
                        delivery, StatusFactory.error("UnwritableEnding", sentence, false, Map.of()), meta -> {});
            }
            deadLetter(leased, UNWRITABLE_ENDING, Map.of("error", sentence), status, true, settled -> {});
        } catch (RuntimeException | StackOverflowError e) {
            inFlight.remove(leased);
            LOG.error("A task could not be failed and will be redelivered when its lease expires.", e);
        }
    }

    /** For what may go well another time: the older the task, the longer the pause. */
    void later(LeasedDelivery leased, ReceivedMessage.Delivery delivery) {
        Instant now = clock.instant();
        Instant seen = delivery.message().state().firstSeen();
        Duration age = seen == null ? Duration.ZERO : Duration.between(seen, now);
        Duration pause = age.compareTo(MIN_PAUSE) < 0 ? MIN_PAUSE : age.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : age;
        requeueUnchanged(leased, now.plus(pause).truncatedTo(ChronoUnit.MILLIS), null, settled -> {});
    }

    /** The lock ends by itself when this fails. */
    private void releaseUnique(LeasedDelivery leased) {
        Envelope envelope =
                ((ReceivedMessage.Delivery) leased.message()).message().envelope();
        String key = envelope.meta().path("stem.unique.key").asString("");
        if (!key.isEmpty()) {
            Thread.startVirtualThread(() -> {
                try {
                    locks.release(UNIQUE_LOCK + key, envelope.id());
                } catch (RuntimeException e) {
                    LOG.warn("The lock of a unique task could not be released; it expires by itself.", e);
                }
            });
        }
    }
}
