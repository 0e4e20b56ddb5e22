package bulwark.tasks.client;

import bulwark.kernel.metrics.Metrics;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.UniqueLock;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.routing.Routing;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.store.TaskStores;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Sends tasks: routes, makes unique, signs, publishes; and waits for results from whichever process runs them. What {@link #enqueue} returned from is as durable
 * as the broker is set to be. Signs when it has a signing key; without one the envelope goes out unsigned, and workers that verify refuse it. Thread-safe; blocks.
 *
 * <pre>{@code
 * try (Tasks tasks = Tasks.open(System.getenv(), Path.of("."), Clock.systemUTC())) {
 *     String id = tasks.client().enqueue(EnqueueRequest.named("billing.charge", args));
 *     Optional<TaskStatus> status = tasks.client().await(id, Duration.ofSeconds(30));
 * }
 * }</pre>
 */
public final class TaskClient {
    /** Messages of one round trip: large enough to hide its time, small enough to keep the broker answering others. */
    private static final int BATCH = 512;

    private static final Duration MAX_POLL_TIMEOUT = Duration.ofSeconds(5);

    private final Broker broker;
    private final ResultBackend results;
    private final EnvelopeSigning signing;
    private final UniqueTasks unique;
    private final EnvelopeFactory envelopes;
    private final Metrics metrics;
    private final Function<String, TaskOptions> options;

    /** A client that knows no handlers: a request says itself how its task is to be run. */
    public TaskClient(TaskStores stores, EnvelopeSigning signing, Routing routing, Metrics metrics, Clock clock) {
        this(stores, signing, routing, metrics, name -> TaskOptions.DEFAULT, clock);
    }

    /** @param options of the handler of each name: what a request does not say */
    public TaskClient(
            TaskStores stores,
            EnvelopeSigning signing,
            Routing routing,
            Metrics metrics,
            Function<String, TaskOptions> options,
            Clock clock) {
        this.broker = stores.broker();
        this.results = stores.results();
        this.signing = signing;
        this.unique = new UniqueTasks(stores, clock);
        this.envelopes = new EnvelopeFactory(routing, clock);
        this.metrics = metrics;
        this.options = options;
    }

    /**
     * @return the task's id; of the one that is already there when the call is unique and a duplicate
     * @throws IllegalArgumentException when the call cannot be an envelope, with a sentence
     * @throws bulwark.tasks.broker.BrokerUnavailable outcome unknown; to repeat safely, repeat with the same {@link EnqueueRequest#id}
     */
    public String enqueue(EnqueueRequest call) {
        EnqueueRequest request = call.withDefaults(options.apply(call.name()));
        EnvelopeFactory.Routed routed = envelopes.of(request);
        if (!request.unique()) {
            publish(routed);
            return routed.envelope().id();
        }
        UniqueLock lock = unique.lock(request, routed.envelope());
        Envelope marked = unique.marked(routed.envelope(), lock);
        String holder = routed.broadcast()
                ? unique.broadcast(lock, marked.id(), () -> publish(routed.with(marked)))
                : broker.publishUnique(lock, publication(marked));
        if (!holder.equals(marked.id())) {
            metrics.count("stem_tasks_deduplicated", "task", request.name());
            unique.recordDuplicate(holder, marked);
        }
        return holder;
    }

    private Publication publication(Envelope envelope) {
        return Publication.asSigned(Message.fresh(signing.signIfAble(envelope)));
    }

    private void publish(EnvelopeFactory.Routed routed) {
        if (routed.broadcast()) {
            Envelope signed = signing.signIfAble(routed.envelope());
            broker.broadcast(signed.queue(), signed);
        } else {
            broker.publish(List.of(publication(routed.envelope())));
        }
    }

    /**
     * In as few round trips as possible, each batch signed while the ones before it are written down and travel. When it throws, a prefix of the calls may have been sent.
     *
     * @return the ids, in the order of the requests
     */
    public List<String> enqueueAll(List<EnqueueRequest> calls) {
        List<String> ids = new ArrayList<>(calls.size());
        try (BatchPublisher sender = new BatchPublisher(broker)) {
            List<Publication> batch = new ArrayList<>(BATCH);
            for (EnqueueRequest call : calls) {
                EnqueueRequest request = call.withDefaults(options.apply(call.name()));
                EnvelopeFactory.Routed routed = request.unique() ? null : envelopes.of(request);
                if (routed == null || routed.broadcast()) {
                    ids.add(enqueue(
                            routed == null
                                    ? request
                                    : request.withId(routed.envelope().id())));
                    continue;
                }
                ids.add(routed.envelope().id());
                batch.add(publication(routed.envelope()));
                if (batch.size() == BATCH) {
                    sender.send(batch);
                    batch = new ArrayList<>(BATCH);
                }
            }
            if (!batch.isEmpty()) {
                sender.send(batch);
            }
            sender.finish();
        }
        return ids;
    }

    /** The terminal status, or what is known when the time is over; empty when nothing is. */
    public Optional<TaskStatus> await(String taskId, Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        Optional<TaskStatus> known = results.get(taskId);
        while (known.isEmpty() || !known.get().state().terminal()) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (left.isNegative() || left.isZero()) {
                return known;
            }
            Optional<TaskStatus> next = results.awaitChange(
                    taskId, known.orElse(null), left.compareTo(MAX_POLL_TIMEOUT) < 0 ? left : MAX_POLL_TIMEOUT);
            known = next.isPresent() ? next : known;
        }
        return known;
    }
}
