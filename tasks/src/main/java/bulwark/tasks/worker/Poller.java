package bulwark.tasks.worker;

import bulwark.kernel.concurrent.Backoff;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.execution.ArrivalBatch;
import bulwark.tasks.execution.DeliveryHandler;
import bulwark.tasks.execution.RevokedTasks;
import bulwark.tasks.execution.RunTimeAverage;
import bulwark.tasks.lease.InFlight;
import bulwark.tasks.lease.LeasedDelivery;
import bulwark.tasks.lease.TaskMemory;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes no more than there is room for, nothing from a paused queue, and hands each arrival to a virtual thread. One thread. */
final class Poller {
    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    private static final Duration FULL_PAUSE = Duration.ofMillis(20);
    private static final int MAX_BATCH = 256;
    /** While nothing of what came may start, more than there is room for may come: it leaves room at once. */
    private static final int MAX_LIMITED_BATCH = 64;

    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(3));

    private final Broker broker;
    private final Subscription subscription;
    private final InFlight inFlight;
    private final DeliveryHandler deliveryHandler;
    private final Liveness liveness;
    private final RunTimeAverage runTimes;
    private final RevokedTasks revoked;
    private final TaskMemory memory;
    private final int maxEnvelopeBytes;
    /** What may be fetched ahead of the permits to run. */
    private final int ahead;

    /** How many to receive although there is less room; 0 unless all that came was laid aside. */
    private volatile int limitedBatch;

    private int withheld;
    private int failures;

    Poller(
            Broker broker,
            Subscription subscription,
            InFlight inFlight,
            DeliveryHandler deliveryHandler,
            Liveness liveness,
            RunTimeAverage runTimes,
            RevokedTasks revoked,
            TaskMemory memory,
            int maxEnvelopeBytes,
            int ahead) {
        this.broker = broker;
        this.subscription = subscription;
        this.inFlight = inFlight;
        this.deliveryHandler = deliveryHandler;
        this.liveness = liveness;
        this.runTimes = runTimes;
        this.revoked = revoked;
        this.memory = memory;
        this.maxEnvelopeBytes = maxEnvelopeBytes;
        this.ahead = ahead;
    }

    Duration once() throws InterruptedException {
        liveness.moved();
        Subscription open = withoutPaused();
        if (open.queues().isEmpty() && open.channels().isEmpty()) {
            revoked.awaitChange(POLL_TIMEOUT.toMillis());
            return Duration.ZERO;
        }
        holdBack();
        int wanted = memory.room(MAX_BATCH, maxEnvelopeBytes);
        if (wanted == 0) {
            return FULL_PAUSE;
        }
        int room = inFlight.reserve(wanted, POLL_TIMEOUT.toMillis());
        if (room == 0) {
            return Duration.ZERO;
        }
        int taken = 0;
        try {
            int most = Math.max(room, Math.min(wanted, limitedBatch));
            List<ReceivedMessage> messages =
                    broker.receive(open, new TakeLimits(most, !inFlight.holdsSuspect(), true), POLL_TIMEOUT);
            taken = messages.size();
            liveness.answered();
            answered();
            int next = Math.min(2 * Math.max(taken, limitedBatch), MAX_LIMITED_BATCH);
            ArrivalBatch batch = new ArrivalBatch(messages, broker::limit, () -> limitedBatch = next);
            limitedBatch = batch.onlyPassed() ? limitedBatch : 0;
            messages.forEach(message -> start(message, batch));
            return Duration.ZERO;
        } catch (BrokerUnavailable e) {
            return brokerUnavailable(e);
        } finally {
            inFlight.giveBack(room - taken);
        }
    }

    private Subscription withoutPaused() {
        if (subscription.queues().stream().noneMatch(revoked::paused)) {
            return subscription;
        }
        return new Subscription(
                subscription.queues().stream()
                        .filter(queue -> !revoked.paused(queue))
                        .toList(),
                subscription.channels(),
                subscription.consumer(),
                subscription.lease());
    }

    /** What could not start must not be renewed for ever. */
    private void start(ReceivedMessage message, ArrivalBatch batch) {
        LeasedDelivery leased = new LeasedDelivery(message);
        inFlight.add(leased);
        if (message instanceof ReceivedMessage.Unread unread) {
            memory.arrived(unread.characters());
        }
        ArrivalBatch.Arrival arrival = batch.arrival();
        try {
            Thread.startVirtualThread(() -> deliveryHandler.handle(leased, arrival));
        } catch (Error e) {
            inFlight.remove(leased);
            batch.abandon();
            throw e;
        }
    }

    /** Room beyond the permits to run is used only while tasks are quick. */
    private void holdBack() {
        if (!runTimes.quick()) {
            withheld += inFlight.shrink(ahead - withheld);
        } else if (withheld > 0) {
            inFlight.giveBack(withheld);
            withheld = 0;
        }
    }

    private Duration brokerUnavailable(BrokerUnavailable e) {
        if (failures == 0) {
            LOG.warn("The broker cannot be reached; trying until it can: {}", e.getMessage());
        }
        failures++;
        return PAUSES.pause(failures);
    }

    private void answered() {
        if (failures > 0) {
            failures = 0;
            LOG.info("The broker answers again.");
        }
    }
}
