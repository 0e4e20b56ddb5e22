package bulwark.tasks.beat;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.metrics.Metrics;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleStore;
import bulwark.tasks.signing.EnvelopeSigning;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks each second, or when the next schedule is due, for what is due, and publishes it. Any number of beats may share a store: each nominal time is published
 * once. What was due while no beat ran is made up for by one run; the rest is counted as missed. Signs when it has a key. Thread-safe.
 */
public final class Beat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Beat.class);
    private static final int PAGE = 100;
    private static final int MAX_LOGGED_FAILURES = 5;
    private static final Duration LATE = Duration.ofSeconds(5);

    private final ScheduleStore store;
    private final ScheduleDispatcher dispatcher;
    private final EnvelopeSigning signing;
    private final BeatMetrics metrics;
    private final Clock clock;
    private final Duration pollInterval;
    private final ClockSkewRepair clockSkew;
    private final FailureBackoff backoff = new FailureBackoff();
    private final CountDownLatch stop = new CountDownLatch(1);
    private @Nullable EssentialThread thread;
    private volatile @Nullable Instant lastTick;
    private boolean storeFailing;
    private boolean brokerAway;
    private int complaints;

    public Beat(ScheduleStore store, Broker broker, EnvelopeSigning signing, Metrics metrics, Clock clock) {
        this(store, broker, signing, metrics, clock, Duration.ofSeconds(1));
    }

    /** @param poll longest time between two looks */
    Beat(ScheduleStore store, Broker broker, EnvelopeSigning signing, Metrics metrics, Clock clock, Duration poll) {
        this.store = store;
        this.signing = signing;
        this.metrics = new BeatMetrics(metrics);
        this.clock = clock;
        this.pollInterval = poll;
        clockSkew = new ClockSkewRepair(store);
        dispatcher = new ScheduleDispatcher(store, broker, signing, this.metrics, clock);
    }

    /** Begins to look. Call it once. */
    public void start() {
        if (signing.canVerify() && !signing.canSign()) {
            LOG.warn("This beat has keys to verify with but none to sign: workers that verify will refuse its tasks");
        } else if (!signing.canSign()) {
            LOG.warn("This beat has no signing key: its tasks go out unsigned");
        }
        thread = EssentialThread.virtual("beat", this::run).start();
    }

    /** When the store last answered; null before it did. For liveness. */
    public @Nullable Instant lastTick() {
        return lastTick;
    }

    /** Finishes the fire that is under way. */
    @Override
    public void close() {
        stop.countDown();
        EssentialThread running = thread;
        if (running != null) {
            running.awaitEnd(Duration.ofSeconds(10));
        }
    }

    private void run() {
        try {
            do {
                poll();
            } while (!stop.await(untilNext().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("The beat was interrupted");
        }
    }

    private void poll() {
        try {
            tick();
            if (storeFailing) {
                LOG.info("The schedules can be read again");
            }
            storeFailing = false;
        } catch (RuntimeException e) {
            metrics.storeFailed();
            if (!storeFailing) {
                LOG.warn("The schedules cannot be read; trying again each second: {}", message(e));
            }
            storeFailing = true;
        }
    }

    private Duration untilNext() {
        try {
            Optional<Duration> next = store.nextDue().map(due -> Duration.between(clock.instant(), due));
            // What is due already failed just now: it is tried again at the next look.
            return next.filter(wait -> wait.isPositive() && wait.compareTo(pollInterval) < 0)
                    .orElse(pollInterval);
        } catch (RuntimeException e) {
            return pollInterval;
        }
    }

    /**
     * One look: publishes everything that is due. For tests and rehearsals; not while {@link #start started}.
     *
     * @return how many schedules this beat moved on
     */
    public int tick() {
        Instant now = clock.instant();
        Set<String> left = new HashSet<>();
        int fired = 0;
        int overdue = 0;
        clockSkew.repair(now);
        List<ScheduleEntry> due = next(now, left);
        brokerAway = false;
        complaints = 0;
        while (!due.isEmpty() && stop.getCount() > 0) {
            for (ScheduleEntry entry : due) {
                overdue += isLate(entry, now) ? 1 : 0;
                if (!brokerAway && !backoff.waits(entry, now) && fire(entry)) {
                    fired++;
                } else {
                    left.add(entry.id());
                }
            }
            due = brokerAway ? List.of() : next(now, left);
        }
        backoff.retainAll(left);
        if (complaints > MAX_LOGGED_FAILURES) {
            LOG.warn("{} more schedules were not published", complaints - MAX_LOGGED_FAILURES);
        }
        metrics.tick(fired + left.size(), overdue);
        lastTick = now;
        return fired;
    }

    /** Asks for so many more as were left, so that a hundred hopeless ones do not hide those behind them. */
    private List<ScheduleEntry> next(Instant now, Set<String> left) {
        return store.due(now, PAGE + left.size()).stream()
                .filter(entry -> !left.contains(entry.id()))
                .toList();
    }

    private boolean fire(ScheduleEntry entry) {
        try {
            boolean moved = dispatcher.fire(entry);
            backoff.succeeded(entry);
            return moved;
        } catch (RuntimeException | StackOverflowError e) {
            // One whose own content overflows the stack must not keep the others from their time.
            metrics.failed(entry);
            // The others would only wait for the same broker, one after the other.
            brokerAway = e instanceof BrokerUnavailable;
            failed(entry, message(e));
            return false;
        }
    }

    private void failed(ScheduleEntry entry, String message) {
        if (!backoff.failed(entry, message, clock.instant())) {
            return;
        }
        complaints++;
        if (complaints <= MAX_LOGGED_FAILURES) {
            LOG.warn("Schedule {} was not published and stays due: {}", entry.id(), message);
        }
        dispatcher.failed(entry, message);
    }

    private static boolean isLate(ScheduleEntry entry, Instant now) {
        Instant due = entry.run().nextRunAt();
        return due != null && due.plus(LATE).isBefore(now);
    }

    private static String message(Throwable e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }
}
