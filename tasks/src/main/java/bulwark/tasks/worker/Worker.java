package bulwark.tasks.worker;

import bulwark.kernel.metrics.Metrics;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.client.TaskClient;
import bulwark.tasks.control.ControlListener;
import bulwark.tasks.events.WorkerEvents;
import bulwark.tasks.handler.Handlers;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.stores.TaskStores;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes tasks from queues and runs them: at least once, each run with a fencing token greater than that of every run before. Read the constructor from top to bottom and you have
 * seen every part. What keeps entries alive and settles them runs on platform threads; handlers run on virtual threads. Thread-safe.
 */
public final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** How to stop, the later the louder. */
    public enum Mode {
        /** Take nothing more and let running tasks finish; becomes soft after the warm limit. */
        WARM,
        /** Also hand back what has not started, and ask running tasks to stop; becomes hard after the grace. */
        SOFT,
        /** Interrupt running tasks, and hand back those that did not end. */
        HARD
    }

    /** What a worker stands on. The caller closes the stores and the evidence, once the worker has stopped. */
    public record Parts(
            TaskStores stores,
            EnvelopeSigning signing,
            TaskClient client,
            Handlers handlers,
            Metrics metrics,
            TaskEvidence evidence,
            RandomGenerator random,
            Clock clock) {}

    private final Parts parts;
    private final WorkerSettings settings;
    private final WorkerEvents events = new WorkerEvents();
    private final Pulse pulse = new Pulse();
    private final InFlight inFlight;
    private final Ledger ledger;
    private final TimeLimits limits;
    private final Stopping stopping;
    private final Inspection inspection;
    private final RevokedTasks revoked;
    private final Heartbeats heartbeats;
    private final ControlListener control;
    private final Subscription subscription;
    private final Loop intake;
    private final Loop renewal;
    private final Loop beating;
    private final AtomicBoolean started = new AtomicBoolean();

    public Worker(Parts parts, WorkerSettings settings) {
        this.parts = parts;
        this.settings = settings;
        Broker broker = parts.stores().broker();
        Clock clock = parts.clock();
        TaskMemory memory = new TaskMemory(settings.limits().memoryBytes());
        inFlight = new InFlight(settings.held(), memory);
        Totals totals = new Totals();
        Meters meters = new Meters(parts.metrics());
        Reports reports = new Reports(settings, meters, events, parts.evidence(), totals, clock);
        Statuses statuses = new Statuses(settings.id(), clock);
        ledger = new Ledger(broker, pulse::answered);
        Endings endings = new Endings(
                ledger, inFlight, parts.stores().results(), parts.stores().locks(), statuses, clock);
        Outcomes outcomes = new Outcomes(
                endings,
                statuses,
                parts.signing(),
                new RetryDelay(parts.random()),
                reports,
                settings.limits().maxResultBytes(),
                clock);
        limits = new TimeLimits(outcomes, reports);
        stopping = new Stopping(settings, inFlight, endings, outcomes);
        revoked = new RevokedTasks(parts.stores().revocations(), settings.namespace(), clock);
        inspection = new Inspection(settings, inFlight, revoked, pulse, totals, clock);
        Pace pace = new Pace();
        RunningContext.Services services =
                new RunningContext.Services(broker, parts.stores().results(), parts.client(), statuses, reports);
        Runs runs = new Runs(
                settings.concurrency(),
                endings,
                outcomes,
                limits,
                statuses,
                reports,
                inFlight,
                pace,
                services,
                stopping::handingBack,
                clock);
        RateLimits rates = new RateLimits(parts.stores().rates(), meters);
        Admission admission = new Admission(
                parts.signing(),
                parts.handlers(),
                revoked,
                rates,
                statuses,
                settings.limits().maxDeliveries(),
                clock);
        Deliveries deliveries =
                new Deliveries(admission, runs, endings, reports, parts.stores().results(), memory, inFlight);
        subscription = new Subscription(settings.queues(), settings.broadcasts(), settings.id(), settings.lease());
        int ahead = Math.max(0, settings.held() - settings.concurrency());
        intake = new Loop(
                "stem-intake",
                new Intake(
                        broker,
                        subscription,
                        inFlight,
                        deliveries,
                        pulse,
                        pace,
                        memory,
                        settings.limits().maxEnvelopeBytes(),
                        ahead)::once);
        renewal = new Loop("stem-renewal", new Renewal(broker, inFlight, settings.lease(), reports, pulse)::once);
        Commands commands = new Commands(
                settings,
                inspection,
                revoked,
                inFlight,
                this::depths,
                this::shutdownByCommand,
                parts.evidence(),
                clock);
        heartbeats = new Heartbeats(
                settings, broker, parts.stores().results(), revoked, inspection, commands::apply, pulse, events, clock);
        beating = new Loop("stem-heartbeat", heartbeats::once);
        control = new ControlListener(
                broker,
                parts.signing(),
                settings.allowed().unsignedControl(),
                settings.namespace(),
                settings.id(),
                commands::obey,
                this::commandRefused,
                clock);
        gauges(parts.metrics());
    }

    private void gauges(Metrics metrics) {
        String[] labels = {"worker", settings.id(), "namespace", settings.namespace()};
        metrics.gauge("stem_worker_inflight", () -> inFlight.running().size(), labels);
        metrics.gauge("stem_worker_concurrency", settings::concurrency, labels);
        metrics.gauge("stem_worker_overrunning", limits::overrunning, labels);
        for (String queue : settings.queues()) {
            metrics.gauge("stem_queue_depth", () -> heartbeats.depth(queue), "queue", queue);
        }
    }

    private Map<String, Long> depths() {
        return heartbeats.depths();
    }

    /**
     * Returns when the worker takes tasks, and misses no command and no broadcast that is sent from now on.
     *
     * @throws WorkerRefused listing every reason why it must not
     * @throws BrokerUnavailable when the stores cannot be reached; after the start outages are outlived
     */
    public void start() throws InterruptedException {
        List<String> problems = new ArrayList<>();
        if (!parts.signing().canVerify() && !settings.allowed().unsigned()) {
            problems.add(
                    "There is no key to verify tasks with, so anybody who reaches the broker could run them:"
                            + " set STEM_SIGNING_KEYS (or STEM_SIGNING_PUBLIC_KEYS), or allow it by name with STEM_ALLOW_UNSIGNED=1.");
        }
        if (settings.queues().isEmpty() && settings.broadcasts().isEmpty()) {
            problems.add("There is no queue to take tasks from: set STEM_WORKER_QUEUES.");
        }
        for (Broker.Risk risk : parts.stores().broker().risks()) {
            if (risk.fatal() && !settings.allowed().lossyBroker()) {
                problems.add(risk.sentence() + " To start all the same, set STEM_ALLOW_LOSSY_BROKER=1.");
            } else {
                LOG.warn("{}", risk.sentence());
            }
        }
        if (!problems.isEmpty()) {
            throw new WorkerRefused(problems);
        }
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("a worker starts once");
        }
        if (!parts.signing().canVerify()) {
            LOG.warn("No key verifies tasks: this worker runs the tasks of anybody who reaches the broker.");
        }
        parts.signing().describe().forEach(line -> LOG.info("{}", line));
        revoked.refresh();
        // Whatever may fail comes before the first thread.
        parts.stores().broker().take(subscription, 0, Duration.ZERO);
        control.join();
        ledger.start();
        renewal.start();
        control.start();
        intake.start();
        beating.start();
        LOG.info(
                "Worker {} takes tasks from {} {}, {} at once.",
                settings.id(),
                settings.queues(),
                settings.broadcasts(),
                settings.concurrency());
    }

    public String id() {
        return settings.id();
    }

    public WorkerEvents events() {
        return events;
    }

    /** As the reply to the command {@code stats}. */
    public ObjectNode stats() {
        return inspection.stats(depths());
    }

    /** True while the read loop moves, the broker answers, and tasks get a processor. */
    public boolean healthy() {
        return problems().isEmpty();
    }

    /** Why it is not healthy, a sentence each; empty when it is. */
    public List<String> problems() {
        if (!started.get()) {
            return List.of("The worker has not started.");
        }
        List<String> problems = new ArrayList<>(pulse.problems());
        problems.addAll(ledger.problems());
        String unsigned = parts.evidence().problem();
        if (unsigned != null) {
            problems.add(unsigned);
        }
        Stream.of(intake.problem(), renewal.problem(), beating.problem(), control.problem())
                .filter(Objects::nonNull)
                .forEach(problems::add);
        if (limits.overrunning() >= settings.concurrency()) {
            problems.add("Every run ignores its time limit: no task can start.");
        }
        return problems;
    }

    /** True while it takes tasks: what a readiness probe asks. */
    public boolean ready() {
        return healthy() && !stopping.asked();
    }

    /** Begins to stop, or stops louder; returns at once. See {@link #awaitStopped}. */
    public void shutdown(Mode mode) {
        if (stopping.ask(mode) == null) {
            LOG.info("Worker {} stops ({}).", settings.id(), mode);
            Thread.ofPlatform().name("stem-stop").start(this::stop);
        }
    }

    private boolean shutdownByCommand(Mode mode) {
        boolean already = stopping.asked();
        shutdown(mode);
        return already;
    }

    /** @return false when it has not stopped in time */
    public boolean awaitStopped(Duration most) throws InterruptedException {
        return stopping.await(most);
    }

    private void stop() {
        long force = Math.max(1, settings.shutdown().force().toMillis());
        try {
            intake.stop();
            if (started.get()) {
                intake.join(force);
            }
            stopping.drain();
            ledger.stop(force);
            renewal.stop();
            beating.stop();
            limits.stop();
            if (started.get()) {
                control.stop();
                beating.join(force);
                heartbeats.last();
            }
        } catch (InterruptedException e) {
            LOG.warn("The shutdown was interrupted.");
        } catch (RuntimeException e) {
            LOG.warn("The shutdown did not end cleanly: {}", e.getMessage());
        } finally {
            stopping.ended();
            LOG.info(
                    "Worker {} stopped; {} unacknowledged tasks will be redelivered when their leases expire.",
                    settings.id(),
                    inFlight.size());
        }
    }

    private void commandRefused(String requestId, String reason) {
        parts.metrics().count("stem_control_refused", "reason", reason);
        LOG.warn("A command was refused ({}): request={}", reason, Shown.of(requestId));
        try {
            parts.evidence()
                    .refused("control_refused", settings.id(), settings.namespace(), requestId, reason, Map.of());
        } catch (RuntimeException e) {
            LOG.error("Evidence could not be written.", e);
        }
    }
}
