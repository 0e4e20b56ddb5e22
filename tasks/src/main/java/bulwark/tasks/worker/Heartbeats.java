package bulwark.tasks.worker;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.events.WorkerEvent;
import bulwark.tasks.events.WorkerEvents;
import bulwark.tasks.execution.RevokedTasks;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.store.Revocation;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** Tells the result backend that this worker lives, and looks at what changed there meanwhile: revocations and the depth of queues. One thread. */
final class Heartbeats {
    private static final Duration RETENTION = Duration.ofSeconds(60);

    private final WorkerSettings settings;
    private final Broker broker;
    private final ResultBackend results;
    private final RevokedTasks revoked;
    private final WorkerReport report;
    private final Consumer<Revocation> apply;
    private final Liveness liveness;
    private final WorkerEvents events;
    private final Clock clock;
    private final Map<String, Long> depths = new ConcurrentHashMap<>();

    /** @param apply called with each new revocation */
    Heartbeats(
            WorkerSettings settings,
            Broker broker,
            ResultBackend results,
            RevokedTasks revoked,
            WorkerReport report,
            Consumer<Revocation> apply,
            Liveness liveness,
            WorkerEvents events,
            Clock clock) {
        this.settings = settings;
        this.broker = broker;
        this.results = results;
        this.revoked = revoked;
        this.report = report;
        this.apply = apply;
        this.liveness = liveness;
        this.events = events;
        this.clock = clock;
    }

    Duration once() {
        if (settings.queues().isEmpty()) {
            broker.ping();
        }
        for (String queue : settings.queues()) {
            depths.put(queue, broker.counts(queue).pending());
        }
        liveness.answered();
        revoked.refresh().forEach(apply);
        ObjectNode heartbeat = report.heartbeat(depths);
        Duration kept = settings.heartbeat().multipliedBy(3);
        results.putHeartbeat(settings.id(), heartbeat, kept.compareTo(RETENTION) > 0 ? kept : RETENTION);
        events.publish(() -> new WorkerEvent(
                WorkerEvent.Type.HEARTBEAT, clock.instant(), settings.id(), null, null, null, Map.of()));
        return settings.heartbeat();
    }

    /** Lets the record end at once, so that nobody takes a stopped worker for a live one. */
    void last() {
        results.putHeartbeat(settings.id(), report.heartbeat(depths), Duration.ofMillis(1));
    }

    long depth(String queue) {
        return depths.getOrDefault(queue, 0L);
    }

    Map<String, Long> depths() {
        return depths;
    }
}
