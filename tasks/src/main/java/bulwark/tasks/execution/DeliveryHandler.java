package bulwark.tasks.execution;

import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.LimitedStart;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.lease.InFlight;
import bulwark.tasks.lease.LeasedDelivery;
import bulwark.tasks.lease.TaskMemory;
import bulwark.tasks.lease.VerifiedTask;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One arrival from its checks to its end; each on a virtual thread of its own. Thread-safe. */
public final class DeliveryHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryHandler.class);

    private final Admission admission;
    private final TaskExecutor executor;
    private final Settler settler;
    private final WorkerTelemetry telemetry;
    private final ResultBackend results;
    private final TaskMemory memory;
    private final InFlight inFlight;

    public DeliveryHandler(
            Admission admission,
            TaskExecutor executor,
            Settler settler,
            WorkerTelemetry telemetry,
            ResultBackend results,
            TaskMemory memory,
            InFlight inFlight) {
        this.admission = admission;
        this.executor = executor;
        this.settler = settler;
        this.telemetry = telemetry;
        this.results = results;
        this.memory = memory;
        this.inFlight = inFlight;
    }

    /** Never throws: what fails here for good becomes a dead letter, anything else is redelivered. */
    public void handle(LeasedDelivery leased, ArrivalBatch.Arrival arrival) {
        try {
            if (leased.message() instanceof ReceivedMessage.Unread unread) {
                // It may wait long for memory.
                arrival.checked();
                read(leased, unread);
                if (!inFlight.holds(leased)) {
                    return;
                }
            }
            switch (leased.message()) {
                case ReceivedMessage.Unread _ -> throw new IllegalStateException("an entry was not read");
                case ReceivedMessage.Malformed malformed -> malformed(leased, malformed);
                case ReceivedMessage.Delivery delivery -> {
                    if (!delivery.deaths().isEmpty()) {
                        holderDied(delivery);
                    }
                    act(leased, delivery, admission.decide(delivery), arrival);
                }
            }
        } catch (RuntimeException | StackOverflowError e) {
            failed(leased, e);
        } catch (Error e) {
            inFlight.remove(leased);
            LOG.error("A task could not be handled and will be redelivered when its lease expires.", e);
        } finally {
            arrival.checked();
        }
    }

    /** Settled whether or not it was claimed: of two settlements of one delivery the broker takes the first. */
    private void failed(LeasedDelivery leased, Throwable thrown) {
        if (thrown instanceof BrokerUnavailable || thrown.getCause() instanceof BrokerUnavailable) {
            inFlight.remove(leased);
            LOG.warn("Lost the broker; the task will be redelivered: {}", thrown.getMessage());
            return;
        }
        LOG.error("A task could not be handled.", thrown);
        leased.claim();
        switch (Fault.of(thrown)) {
            case Fault.Permanent fault -> settler.fail(leased, fault);
            case Fault.Passing _
            when leased.message() instanceof ReceivedMessage.Delivery delivery -> settler.later(leased, delivery);
            case Fault.Passing _ -> inFlight.remove(leased);
        }
    }

    private void malformed(LeasedDelivery leased, ReceivedMessage.Malformed malformed) {
        if (leased.claim()) {
            Map<String, String> meta = Map.of("error", malformed.reason());
            telemetry.refused(malformed.queue(), malformed.claimedTaskId(), "malformed-envelope", meta);
            TaskStatus status = malformed.claimedTaskId().isEmpty() ? null : settler.malformed(malformed);
            settler.deadLetter(leased, "malformed-envelope", meta, status, false, settled -> {});
        }
    }

    private void act(
            LeasedDelivery leased,
            ReceivedMessage.Delivery delivery,
            AdmissionDecision decision,
            ArrivalBatch.Arrival arrival) {
        if (decision instanceof AdmissionDecision.RunWithin run) {
            runWithin(leased, delivery, run, arrival);
            return;
        }
        arrival.checked();
        switch (decision) {
            case AdmissionDecision.RunWithin _ -> throw new IllegalStateException("its limits were asked before");
            case AdmissionDecision.Run run ->
                executor.whenPlaceIsFree(leased, () -> start(leased, delivery, run.task(), arrival));
            case AdmissionDecision.Poison poison -> poison(leased, delivery, poison);
            case AdmissionDecision.Reject reject when !reject.verified() -> rejectUnverified(leased, delivery, reject);
            case AdmissionDecision.Reject reject -> {
                if (isUnstarted(leased, reject.status())) {
                    telemetry.rejected(delivery, reject);
                    settler.deadLetter(leased, reject.reason(), reject.meta(), reject.status(), true, settled -> {});
                }
            }
            case AdmissionDecision.Cancel cancel -> {
                if (isUnstarted(leased, cancel.status())) {
                    settler.acknowledge(leased, cancel.status(), settled -> {});
                    telemetry.cancelled(delivery, cancel.task(), cancel.status());
                }
            }
            case AdmissionDecision.Postpone postpone -> postpone(leased, postpone);
        }
    }

    private void start(
            LeasedDelivery leased, ReceivedMessage.Delivery delivery, VerifiedTask task, ArrivalBatch.Arrival arrival) {
        AdmissionDecision standing = admission.standing(task);
        if (standing instanceof AdmissionDecision.Run) {
            executor.run(leased, task);
        } else {
            act(leased, delivery, standing, arrival);
        }
    }

    /** Waits until there is memory for it. */
    private void read(LeasedDelivery leased, ReceivedMessage.Unread unread) {
        try {
            if (memory.holds(unread.weight())) {
                memory.acquire(unread.weight());
                leased.read(unread, unread.weight());
                if (inFlight.holds(leased)) {
                    leased.read(unread.text().read(), unread.weight());
                }
                if (!inFlight.holds(leased)) {
                    // Another worker got it while it waited.
                    memory.release(leased.takeWeight());
                }
            } else {
                String reason =
                        "the task would take about " + (unread.weight() >> 20) + " MiB of memory, and all tasks of this"
                                + " worker together have " + (memory.total() >> 20) + " (STEM_WORKER_MEMORY_MIB)";
                leased.read(unread.text().refuse(reason), 0);
            }
        } finally {
            memory.read(unread.characters());
        }
    }

    /** Evidence of the latest death, with what is known of the run that it ended. */
    private void holderDied(ReceivedMessage.Delivery delivery) {
        HolderDeath death = delivery.deaths().getLast();
        String fence = delivery.receipt().entryId() + ":" + death.delivery();
        String known = results.get(delivery.message().envelope().id())
                .filter(status ->
                        status.meta().path(TaskStatus.FENCE).asString("").equals(fence))
                .map(status -> status.state().wire() + " since "
                        + status.meta().path("startedAt").asString("an unknown time"))
                .orElse("not started");
        telemetry.holderDied(delivery, death, known);
    }

    private void poison(LeasedDelivery leased, ReceivedMessage.Delivery delivery, AdmissionDecision.Poison poison) {
        if (poison.vouched() ? isUnstarted(leased, poison.status()) : leased.claim()) {
            telemetry.poison(delivery, poison);
            settler.deadLetter(leased, "poison", poison.meta(), poison.status(), poison.vouched(), settled -> {});
        }
    }

    private void rejectUnverified(
            LeasedDelivery leased, ReceivedMessage.Delivery delivery, AdmissionDecision.Reject reject) {
        if (leased.claim()) {
            telemetry.rejected(delivery, reject);
            settler.deadLetter(leased, reject.reason(), reject.meta(), reject.status(), false, settled -> {});
        }
    }

    private void postpone(LeasedDelivery leased, AdmissionDecision.Postpone postpone) {
        if (leased.claim()) {
            settler.requeueUnchanged(leased, postpone.notBefore(), null, settled -> {});
        }
    }

    /** Once every limit gave it a start; without one the broker keeps it until then. */
    private void runWithin(
            LeasedDelivery leased,
            ReceivedMessage.Delivery delivery,
            AdmissionDecision.RunWithin run,
            ArrivalBatch.Arrival arrival) {
        LimitedStart start = new LimitedStart(delivery.receipt(), delivery.message(), delivery.queue(), run.limits());
        LimitedStart.LimitDecision decision;
        try {
            decision = arrival.ask(start);
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof RuntimeException failure) || failure instanceof BrokerUnavailable) {
                throw e;
            }
            act(leased, delivery, admission.limitsUnknown(run.task(), failure), arrival);
            return;
        }
        switch (decision) {
            case START -> executor.whenPlaceIsFree(leased, () -> start(leased, delivery, run.task(), arrival));
            case LAID_ASIDE -> {
                telemetry.taskMetrics().limited(run.task().handler().name(), delivery.queue());
                drop(leased);
            }
            case LEASE_LOST -> drop(leased);
        }
    }

    private void drop(LeasedDelivery leased) {
        leased.claim();
        inFlight.remove(leased);
    }

    /**
     * Writes the status as the start of a run would, so that a message of a task that already succeeded cannot overwrite what is known of it; then claims the message.
     *
     * @return true when the caller is to settle it
     */
    private boolean isUnstarted(LeasedDelivery leased, @Nullable TaskStatus status) {
        if (status == null) {
            return leased.claim();
        }
        RunStart.StartDecision decision = settler.begin(leased, status).join();
        if (!leased.claim()) {
            return false;
        }
        return executor.settleUnlessRunnable(leased, decision);
    }
}
