package bulwark.tasks.worker;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.Start;
import bulwark.tasks.events.WorkerEvent;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One arrival from its checks to its end; each on a virtual thread of its own. Thread-safe. */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    private final Admission admission;
    private final Runs runs;
    private final Endings endings;
    private final Reports reports;
    private final ResultBackend results;
    private final TaskMemory memory;
    private final InFlight inFlight;

    Deliveries(
            Admission admission,
            Runs runs,
            Endings endings,
            Reports reports,
            ResultBackend results,
            TaskMemory memory,
            InFlight inFlight) {
        this.admission = admission;
        this.runs = runs;
        this.endings = endings;
        this.reports = reports;
        this.results = results;
        this.memory = memory;
        this.inFlight = inFlight;
    }

    /** Never throws: what fails here for good becomes a dead letter, anything else is redelivered. */
    void handle(Held held) {
        try {
            if (held.arrival() instanceof Arrival.Unread unread) {
                read(held, unread);
                if (!inFlight.holds(held)) {
                    return;
                }
            }
            switch (held.arrival()) {
                case Arrival.Unread _ -> throw new IllegalStateException("an entry was not read");
                case Arrival.Malformed malformed -> malformed(held, malformed);
                case Arrival.Delivery delivery -> {
                    if (!delivery.deaths().isEmpty()) {
                        holderDied(delivery);
                    }
                    act(held, delivery, admission.decide(delivery));
                }
            }
        } catch (RuntimeException | StackOverflowError e) {
            failed(held, e);
        } catch (Error e) {
            inFlight.remove(held);
            LOG.error("A task could not be handled and will be redelivered when its lease expires.", e);
        }
    }

    /** Settled whether or not it was claimed: of two settlements of one delivery the broker takes the first. */
    private void failed(Held held, Throwable thrown) {
        if (thrown instanceof BrokerUnavailable || thrown.getCause() instanceof BrokerUnavailable) {
            inFlight.remove(held);
            LOG.warn("Lost the broker; the task will be redelivered: {}", thrown.getMessage());
            return;
        }
        LOG.error("A task could not be handled.", thrown);
        held.claim();
        switch (Fault.of(thrown)) {
            case Fault.Permanent fault -> endings.fail(held, fault);
            case Fault.Passing _
            when held.arrival() instanceof Arrival.Delivery delivery -> endings.later(held, delivery);
            case Fault.Passing _ -> inFlight.remove(held);
        }
    }

    private void malformed(Held held, Arrival.Malformed malformed) {
        if (held.claim()) {
            Map<String, String> meta = Map.of("error", malformed.reason());
            reports.refused(malformed.queue(), malformed.fields().getOrDefault("id", ""), "malformed-envelope", meta);
            endings.dead(held, "malformed-envelope", meta, null, false, settled -> {});
        }
    }

    private void act(Held held, Arrival.Delivery delivery, Decision decision) {
        switch (decision) {
            case Decision.Run run -> runs.run(held, run.task());
            case Decision.Poison poison -> poison(held, delivery, poison);
            case Decision.Dead dead when !dead.vouched() -> unvouched(held, delivery, dead);
            case Decision.Dead dead -> {
                if (stillNew(held, dead.status())) {
                    reports.dead(delivery, dead);
                    endings.dead(held, dead.reason(), dead.meta(), dead.status(), true, settled -> {});
                }
            }
            case Decision.Cancel cancel -> {
                if (stillNew(held, cancel.status())) {
                    endings.done(held, cancel.status(), settled -> {});
                    reports.cancelled(delivery, cancel.task(), cancel.status());
                }
            }
            case Decision.Later later -> later(held, delivery, later);
        }
    }

    /** Waits until there is memory for it. */
    private void read(Held held, Arrival.Unread unread) {
        try {
            if (memory.holds(unread.weight())) {
                memory.acquire(unread.weight());
                held.read(unread, unread.weight());
                if (inFlight.holds(held)) {
                    held.read(unread.text().read(), unread.weight());
                }
                if (!inFlight.holds(held)) {
                    // Another worker got it while it waited.
                    memory.release(held.takeWeight());
                }
            } else {
                String reason =
                        "the task would take about " + (unread.weight() >> 20) + " MiB of memory, and all tasks of this"
                                + " worker together have " + (memory.total() >> 20) + " (STEM_WORKER_MEMORY_MIB)";
                held.read(unread.text().refuse(reason), 0);
            }
        } finally {
            memory.read(unread.characters());
        }
    }

    /** Evidence of the latest death, with what is known of the run that it ended. */
    private void holderDied(Arrival.Delivery delivery) {
        HolderDeath death = delivery.deaths().getLast();
        String fence = delivery.receipt().entryId() + ":" + death.delivery();
        String known = results.get(delivery.message().envelope().id())
                .filter(status ->
                        status.meta().path(TaskStatus.FENCE).asString("").equals(fence))
                .map(status -> status.state().wire() + " since "
                        + status.meta().path("startedAt").asString("an unknown time"))
                .orElse("not started");
        reports.holderDied(delivery, death, known);
    }

    private void poison(Held held, Arrival.Delivery delivery, Decision.Poison poison) {
        if (poison.vouched() ? stillNew(held, poison.status()) : held.claim()) {
            reports.poison(delivery, poison);
            endings.dead(held, "poison", poison.meta(), poison.status(), poison.vouched(), settled -> {});
        }
    }

    private void unvouched(Held held, Arrival.Delivery delivery, Decision.Dead dead) {
        if (held.claim()) {
            reports.dead(delivery, dead);
            endings.dead(held, dead.reason(), dead.meta(), dead.status(), false, settled -> {});
        }
    }

    private void later(Held held, Arrival.Delivery delivery, Decision.Later later) {
        TaskStatus status = later.status();
        if (status == null) {
            if (held.claim()) {
                endings.verbatim(held, later.notBefore(), null, settled -> {});
            }
        } else if (stillNew(held, status)) {
            endings.verbatim(held, later.notBefore(), null, settled -> {});
            reports.event(
                    WorkerEvent.Type.RETRIED,
                    delivery,
                    Map.of("retryAfter", later.notBefore().toString()));
        }
    }

    /**
     * Writes the status as the start of a run would, so that an entry of a task that already succeeded cannot overwrite what is known of it; then claims the entry.
     *
     * @return true when the caller is to settle it
     */
    private boolean stillNew(Held held, @Nullable TaskStatus status) {
        if (status == null) {
            return held.claim();
        }
        Start.Verdict verdict = endings.begin(held, status).join();
        if (!held.claim()) {
            return false;
        }
        return runs.mayRun(held, verdict);
    }
}
