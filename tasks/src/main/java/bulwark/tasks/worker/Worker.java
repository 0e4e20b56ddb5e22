package bulwark.tasks.worker;

import bulwark.kernel.error.PrintableText;
import bulwark.kernel.metrics.Metrics;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.client.TaskClient;
import bulwark.tasks.control.ControlListener;
import bulwark.tasks.events.TaskAuditEvents;
import bulwark.tasks.events.TaskEvidence;
import bulwark.tasks.events.WorkerEvents;
import bulwark.tasks.execution.Admission;
import bulwark.tasks.execution.DeliveryHandler;
import bulwark.tasks.execution.OutcomeHandler;
import bulwark.tasks.execution.RateLimits;
import bulwark.tasks.execution.RetryDelay;
import bulwark.tasks.execution.RevokedTasks;
import bulwark.tasks.execution.RunTimeAverage;
import bulwark.tasks.execution.RunningContext;
import bulwark.tasks.execution.SettlementBatcher;
import bulwark.tasks.execution.Settler;
import bulwark.tasks.execution.StatusFactory;
import bulwark.tasks.execution.TaskExecutor;
import bulwark.tasks.execution.TaskMetrics;
import bulwark.tasks.execution.TimeLimits;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.execution.WorkerTelemetry;
import bulwark.tasks.handler.HandlerRegistry;
import bulwark.tasks.lease.InFlight;
import bulwark.tasks.lease.LeaseRenewer;
import bulwark.tasks.lease.TaskMemory;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.store.TaskStores;
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
 * seen every part. What keeps messages alive and settles them runs on platform threads; handlers run on virtual threads. Thread-safe.
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
    public record WorkerDependencies(
            TaskStores stores,
            EnvelopeSigning signing,
            TaskClient client,
            HandlerRegistry handlers,
            Metrics metrics,
            TaskEvidence evidence,
            RandomGenerator random,
            Clock clock) {}

    private final WorkerDependencies dependencies;
    private final WorkerSettings settings;
    private final WorkerEvents events = new WorkerEvents();
    private final Liveness liveness = new Liveness();
    private final InFlight inFlight;
    private final SettlementBatcher settlements;
    private final TimeLimits limits;
    private final ShutdownSequence shutdownSequence;
    private final WorkerReport report;
    private final RevokedTasks revoked;
    private final Heartbeats heartbeats;
    private final ControlListener control;
    private final Subscription subscription;
    private final BackgroundLoop poller;
    private final BackgroundLoop renewer;
    private final BackgroundLoop heartbeatLoop;
    private final BackgroundLoop writeProbe;
    private final AtomicBoolean started = new AtomicBoolean();

    public Worker(WorkerDependencies dependencies, WorkerSettings settings) {
        WorkerRefused.unlessReadable(settings.queues());
        this.dependencies = dependencies;
        this.settings = settings;
        Broker broker = dependencies.stores().broker();
        Clock clock = dependencies.clock();
        TaskMemory memory = new TaskMemory(settings.limits().memoryBytes());
        inFlight = new InFlight(settings.maxInFlight(), memory);
        TaskMetrics taskMetrics = new TaskMetrics(dependencies.metrics());
        WorkerTelemetry telemetry = new WorkerTelemetry(settings, taskMetrics, events, dependencies.evidence(), clock);
        StatusFactory statuses = new StatusFactory(settings.id(), clock);
        settlements = new SettlementBatcher(broker, liveness::wrote);
        Settler settler = new Settler(
                settlements,
                inFlight,
                dependencies.stores().results(),
                dependencies.stores().locks(),
                statuses,
                clock);
        OutcomeHandler outcomeHandler = new OutcomeHandler(
                settler,
                statuses,
                dependencies.signing(),
                new RetryDelay(dependencies.random()),
                telemetry,
                settings.limits().maxResultBytes(),
                clock);
        limits = new TimeLimits(outcomeHandler, telemetry);
        shutdownSequence = new ShutdownSequence(settings, inFlight, settler, outcomeHandler);
        revoked = new RevokedTasks(dependencies.stores().revocations(), settings.namespace(), clock);
        report = new WorkerReport(settings, inFlight, revoked, liveness, telemetry, dependencies.signing(), clock);
        RunTimeAverage runTimes = new RunTimeAverage();
        RunningContext.Services services = new RunningContext.Services(
                broker, dependencies.stores().results(), dependencies.client(), statuses, telemetry);
        TaskExecutor executor = new TaskExecutor(
                settings.concurrency(),
                settler,
                outcomeHandler,
                limits,
                inFlight,
                runTimes,
                services,
                shutdownSequence::handingBack,
                clock);
        RateLimits rates = new RateLimits(dependencies.stores().rates(), taskMetrics);
        Admission admission = new Admission(
                dependencies.signing(),
                dependencies.handlers(),
                revoked,
                rates,
                statuses,
                settings.limits().maxDeliveries(),
                clock);
        DeliveryHandler deliveryHandler = new DeliveryHandler(
                admission, executor, settler, telemetry, dependencies.stores().results(), memory, inFlight);
        subscription = new Subscription(settings.queues(), settings.broadcasts(), settings.id(), settings.lease());
        int ahead = Math.max(0, settings.maxInFlight() - settings.concurrency());
        poller = new BackgroundLoop(
                "stem-intake",
                new Poller(
                        broker,
                        subscription,
                        inFlight,
                        deliveryHandler,
                        liveness,
                        runTimes,
                        revoked,
                        memory,
                        settings.limits().maxEnvelopeBytes(),
                        ahead)::once);
        renewer = new BackgroundLoop(
                "stem-renewal",
                new LeaseRenewer(
                        broker,
                        inFlight,
                        settings.lease(),
                        telemetry.taskMetrics().metrics().counter("stem_lease_renewed"),
                        telemetry::lost,
                        liveness::answered)::once);
        ControlCommandHandler commands = new ControlCommandHandler(
                settings,
                report,
                revoked,
                inFlight,
                this::depths,
                this::shutdownByCommand,
                dependencies.evidence(),
                clock);
        heartbeats = new Heartbeats(
                settings,
                broker,
                dependencies.stores().results(),
                revoked,
                report,
                commands::apply,
                liveness,
                events,
                clock);
        heartbeatLoop = new BackgroundLoop("stem-heartbeat", heartbeats::once);
        writeProbe = new BackgroundLoop("stem-write-probe", new WriteProbe(broker, liveness)::once);
        control = new ControlListener(
                broker,
                dependencies.signing(),
                settings.allowed().unsignedControl(),
                settings.namespace(),
                settings.id(),
                commands::execute,
                this::commandRefused,
                clock);
        gauges(dependencies.metrics());
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
        if (!dependencies.signing().canVerify() && !settings.allowed().unsigned()) {
            problems.add(
                    "There is no key to verify tasks with, so anybody who reaches the broker could run them:"
                            + " set STEM_SIGNING_KEYS (or STEM_SIGNING_PUBLIC_KEYS), or allow it by name with STEM_ALLOW_UNSIGNED=1.");
        }
        if (settings.queues().isEmpty() && settings.broadcasts().isEmpty()) {
            problems.add("There is no queue to take tasks from: set STEM_WORKER_QUEUES.");
        }
        for (Broker.DurabilityWarning risk : dependencies.stores().broker().durabilityWarnings()) {
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
        if (!dependencies.signing().canVerify()) {
            LOG.warn("No key verifies tasks: this worker runs the tasks of anybody who reaches the broker.");
        }
        dependencies.signing().describe().forEach(line -> LOG.info("{}", line));
        revoked.refresh();
        // Whatever may fail comes before the first thread.
        dependencies.stores().broker().receive(subscription, 0, Duration.ZERO);
        control.subscribe();
        settlements.start();
        renewer.start();
        control.start();
        poller.start();
        heartbeatLoop.start();
        writeProbe.start();
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
        return report.stats(depths());
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
        List<String> problems = new ArrayList<>(liveness.problems());
        problems.addAll(settlements.problems());
        String unsigned = dependencies.evidence().problem();
        if (unsigned != null) {
            problems.add(unsigned);
        }
        Stream.of(poller.problem(), renewer.problem(), heartbeatLoop.problem(), writeProbe.problem(), control.problem())
                .filter(Objects::nonNull)
                .forEach(problems::add);
        if (limits.overrunning() >= settings.concurrency()) {
            problems.add("Every run ignores its time limit: no task can start.");
        }
        return problems;
    }

    /** True while it takes tasks: what a readiness probe asks. */
    public boolean ready() {
        return healthy() && !shutdownSequence.requested();
    }

    /** Begins to stop, or stops louder; returns at once. See {@link #awaitStopped}. */
    public void shutdown(Mode mode) {
        if (shutdownSequence.request(mode) == null) {
            LOG.info("Worker {} stops ({}).", settings.id(), mode);
            Thread.ofPlatform().name("stem-stop").start(this::stop);
        }
    }

    private boolean shutdownByCommand(Mode mode) {
        boolean already = shutdownSequence.requested();
        shutdown(mode);
        return already;
    }

    /** @return false when it has not stopped in time */
    public boolean awaitStopped(Duration most) throws InterruptedException {
        return shutdownSequence.await(most);
    }

    private void stop() {
        long force = Math.max(1, settings.shutdown().force().toMillis());
        try {
            poller.stop();
            if (started.get()) {
                poller.join(force);
            }
            shutdownSequence.drain();
            settlements.stop(force);
            renewer.stop();
            heartbeatLoop.stop();
            writeProbe.stop();
            limits.stop();
            if (started.get()) {
                control.stop();
                heartbeatLoop.join(force);
                heartbeats.last();
            }
        } catch (InterruptedException e) {
            LOG.warn("The shutdown was interrupted.");
        } catch (RuntimeException e) {
            LOG.warn("The shutdown did not end cleanly: {}", e.getMessage());
        } finally {
            shutdownSequence.markStopped();
            LOG.info(
                    "Worker {} stopped; {} unacknowledged tasks will be redelivered when their leases expire.",
                    settings.id(),
                    inFlight.size());
        }
    }

    private void commandRefused(String envelopeId, String reason) {
        dependencies.metrics().count("stem_control_refused", "reason", reason);
        LOG.warn("A command was refused ({}): envelope={}", reason, PrintableText.of(envelopeId));
        try {
            dependencies
                    .evidence()
                    .recordRefusal(
                            TaskAuditEvents.CONTROL_REFUSED,
                            settings.id(),
                            settings.namespace(),
                            envelopeId,
                            reason,
                            Map.of());
        } catch (RuntimeException e) {
            LOG.error("Evidence could not be written.", e);
        }
    }
}
