package bulwark.tasks.worker;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes no more than there is room for, and hands each arrival to a virtual thread. One thread. */
final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration FULL_PAUSE = Duration.ofMillis(20);
    private static final int MOST = 256;
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 3_000;

    private final Broker broker;
    private final Subscription subscription;
    private final InFlight inFlight;
    private final Deliveries deliveries;
    private final Pulse pulse;
    private final Pace pace;
    private final TaskMemory memory;
    private final int maxEnvelopeBytes;
    /** What may be fetched ahead of the permits to run. */
    private final int ahead;

    private int withheld;
    private long pauseMs;

    Intake(
            Broker broker,
            Subscription subscription,
            InFlight inFlight,
            Deliveries deliveries,
            Pulse pulse,
            Pace pace,
            TaskMemory memory,
            int maxEnvelopeBytes,
            int ahead) {
        this.broker = broker;
        this.subscription = subscription;
        this.inFlight = inFlight;
        this.deliveries = deliveries;
        this.pulse = pulse;
        this.pace = pace;
        this.memory = memory;
        this.maxEnvelopeBytes = maxEnvelopeBytes;
        this.ahead = ahead;
    }

    Duration once() throws InterruptedException {
        pulse.moved();
        holdBack();
        int wanted = memory.room(MOST, maxEnvelopeBytes);
        if (wanted == 0) {
            return FULL_PAUSE;
        }
        int room = inFlight.reserve(wanted, WAIT.toMillis());
        if (room == 0) {
            return Duration.ZERO;
        }
        int taken = 0;
        try {
            List<Arrival> arrivals =
                    broker.take(subscription, new TakeLimits(room, !inFlight.holdsSuspect(), true), WAIT);
            taken = arrivals.size();
            pulse.answered();
            answered();
            for (Arrival arrival : arrivals) {
                Held held = new Held(arrival);
                inFlight.add(held);
                if (arrival instanceof Arrival.Unread unread) {
                    memory.arrived(unread.characters());
                }
                start(held);
            }
            return Duration.ZERO;
        } catch (BrokerUnavailable e) {
            return away(e);
        } finally {
            inFlight.giveBack(room - taken);
        }
    }

    /** What could not start must not be renewed for ever. */
    private void start(Held held) {
        try {
            Thread.startVirtualThread(() -> deliveries.handle(held));
        } catch (Error e) {
            inFlight.remove(held);
            throw e;
        }
    }

    /** Room beyond the permits to run is used only while tasks are quick. */
    private void holdBack() {
        if (!pace.quick()) {
            withheld += inFlight.shrink(ahead - withheld);
        } else if (withheld > 0) {
            inFlight.giveBack(withheld);
            withheld = 0;
        }
    }

    private Duration away(BrokerUnavailable e) {
        if (pauseMs == 0) {
            LOG.warn("The broker cannot be reached; trying until it can: {}", e.getMessage());
        }
        pauseMs = Math.clamp(pauseMs * 2, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
        return Duration.ofMillis(pauseMs);
    }

    private void answered() {
        if (pauseMs > 0) {
            pauseMs = 0;
            LOG.info("The broker answers again.");
        }
    }
}
