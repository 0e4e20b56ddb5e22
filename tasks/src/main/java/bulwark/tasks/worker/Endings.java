package bulwark.tasks.worker;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Start;
import bulwark.tasks.envelope.DeliveryState;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.locks.LockStore;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
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

/** Ends held entries: builds the settlement, sends it, and lets go of the entry once the broker has it. Thread-safe. */
final class Endings {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);
    static final String UNIQUE_LOCK = "stem:unique:";
    private static final String UNWRITABLE_ENDING = "unwritable-ending";
    private static final Duration MIN_PAUSE = Duration.ofSeconds(1);
    private static final Duration MAX_PAUSE = Duration.ofMinutes(1);

    private final Ledger ledger;
    private final InFlight inFlight;
    private final ResultBackend results;
    private final LockStore locks;
    private final Statuses statuses;
    private final Clock clock;

    Endings(Ledger ledger, InFlight inFlight, ResultBackend results, LockStore locks, Statuses statuses, Clock clock) {
        this.ledger = ledger;
        this.inFlight = inFlight;
        this.results = results;
        this.locks = locks;
        this.statuses = statuses;
        this.clock = clock;
    }

    /** @param status null: none is written */
    void done(Held held, @Nullable TaskStatus status, Consumer<Ledger.Settled> after) {
        send(held, new Settlement.Done(held.receipt(), fenced(held, status)), terminal(status), after);
    }

    /** @param vouched see {@link Decision.Dead} */
    void dead(
            Held held,
            String reason,
            Map<String, ?> meta,
            @Nullable TaskStatus status,
            boolean vouched,
            Consumer<Ledger.Settled> after) {
        Settlement.Letter letter = switch (held.arrival()) {
            case Arrival.Delivery delivery -> new Settlement.Letter.Whole(delivery.message());
            case Arrival.Malformed malformed -> new Settlement.Letter.Fields(malformed.fields());
            case Arrival.Unread unread ->
                new Settlement.Letter.Fields(unread.text().refuse("").fields());
        };
        String queue = held.arrival().queue();
        send(
                held,
                new Settlement.Dead(held.receipt(), letter, queue, reason, meta, fenced(held, status), !vouched),
                vouched && terminal(status),
                after);
    }

    /** @param message what comes again */
    void again(
            Held held,
            Message message,
            @Nullable Instant notBefore,
            @Nullable TaskStatus status,
            Consumer<Ledger.Settled> after) {
        int priority = message.envelope().priority();
        String queue = held.arrival().queue();
        send(
                held,
                new Settlement.Again(held.receipt(), message, queue, priority, notBefore, fenced(held, status)),
                false,
                after);
    }

    /** Comes again as it is, no retry counted. */
    void verbatim(Held held, @Nullable Instant notBefore, @Nullable TaskStatus status, Consumer<Ledger.Settled> after) {
        Message message = ((Arrival.Delivery) held.arrival()).message();
        again(held, counted(message, message.attempt(), notBefore), notBefore, status, after);
    }

    /** The signed envelope as it is, and beside it what changed. */
    Message counted(Message message, int attempt, @Nullable Instant notBefore) {
        Instant firstSeen = message.state().firstSeen();
        Instant seen = firstSeen == null ? clock.instant() : firstSeen;
        return new Message(message.envelope(), new DeliveryState(attempt, notBefore, seen));
    }

    /** Asks the broker whether the run may start; for a broadcast, where each consumer runs its own copy, nobody needs asking. */
    CompletableFuture<Start.Verdict> begin(Held held, TaskStatus status) {
        return broadcast(held)
                ? CompletableFuture.completedFuture(Start.Verdict.RUN)
                : ledger.begin(new Start(held.receipt(), status));
    }

    static boolean broadcast(Held held) {
        return held.arrival() instanceof Arrival.Delivery delivery && delivery.broadcast();
    }

    /** The copies of a broadcast share an id and no order, so their statuses are written beside the settlement: the last to end counts. */
    private @Nullable TaskStatus fenced(Held held, @Nullable TaskStatus status) {
        if (status == null || !broadcast(held)) {
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

    private void send(Held held, Settlement settlement, boolean endsTask, Consumer<Ledger.Settled> after) {
        ledger.settle(settlement).whenComplete((settled, thrown) -> {
            if (thrown != null) {
                unsettled(held, settlement, thrown);
                return;
            }
            inFlight.remove(held);
            if (endsTask && settled == Ledger.Settled.WRITTEN) {
                releaseUnique(held);
            }
            after.accept(settled);
        });
    }

    private void unsettled(Held held, Settlement settlement, Throwable thrown) {
        boolean lastWord =
                settlement instanceof Settlement.Dead dead && dead.reason().equals(UNWRITABLE_ENDING);
        if (!lastWord && Fault.of(thrown) instanceof Fault.Permanent fault) {
            LOG.error("A task's ending cannot be written, so the task fails: {}", fault.sentence());
            fail(held, fault);
        } else {
            inFlight.remove(held);
            LOG.error("A task could not be settled and will be redelivered when its lease expires.", thrown);
        }
    }

    /** Ends the entry for good although what should have been written of it cannot be. Never throws. */
    void fail(Held held, Fault.Permanent fault) {
        try {
            TaskStatus status = null;
            String sentence = Statuses.cut(fault.sentence());
            if (held.arrival() instanceof Arrival.Delivery delivery) {
                status = statuses.failed(
                        delivery, Statuses.error("UnwritableEnding", sentence, false, Map.of()), meta -> {});
            }
            dead(held, UNWRITABLE_ENDING, Map.of("error", sentence), status, true, settled -> {});
        } catch (RuntimeException | StackOverflowError e) {
            inFlight.remove(held);
            LOG.error("A task could not be failed and will be redelivered when its lease expires.", e);
        }
    }

    /** For what may go well another time: the older the task, the longer the pause. */
    void later(Held held, Arrival.Delivery delivery) {
        Instant now = clock.instant();
        Instant seen = delivery.message().state().firstSeen();
        Duration age = seen == null ? Duration.ZERO : Duration.between(seen, now);
        Duration pause = age.compareTo(MIN_PAUSE) < 0 ? MIN_PAUSE : age.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : age;
        verbatim(held, now.plus(pause).truncatedTo(ChronoUnit.MILLIS), null, settled -> {});
    }

    /** The lock ends by itself when this fails. */
    private void releaseUnique(Held held) {
        Envelope envelope = ((Arrival.Delivery) held.arrival()).message().envelope();
        String key = envelope.meta().path("stem.unique.key").asString("");
        if (!key.isEmpty()) {
            Thread.startVirtualThread(() -> {
                try {
                    locks.release(UNIQUE_LOCK + key, envelope.id());
                } catch (RuntimeException e) {
                    LOG.warn("The lock of a unique task could not be released; it ends by itself.", e);
                }
            });
        }
    }
}
