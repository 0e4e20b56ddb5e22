package bulwark.tasks.events;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.time.UuidV7;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.signing.EnvelopeSigning;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events of a queue, from any process to every listener: broadcasts named {@code __stem.queue.event__} on the channel {@code stem:events:QUEUE}. Source of the form: Stem 0.2.
 * Signed where there is a key; a listener with keys drops what they do not verify. Thread-safe.
 */
public final class QueueEvents {
    private static final Logger LOG = LoggerFactory.getLogger(QueueEvents.class);
    private static final String NAME = "__stem.queue.event__";
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int BATCH = 64;

    private final Broker broker;
    private final EnvelopeSigning signing;
    private final Clock clock;

    public QueueEvents(Broker broker, EnvelopeSigning signing, Clock clock) {
        this.broker = broker;
        this.signing = signing;
        this.clock = clock;
    }

    private static String channel(String queue) {
        return "stem:events:" + queue;
    }

    /** Returns when the event is with the broker; blocks. @return the event's id */
    public String emit(String queue, String event, ObjectNode payload, Map<String, String> headers, ObjectNode meta) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        ObjectNode args = JsonNodeFactory.instance.objectNode();
        args.put("eventName", event);
        args.set("payload", payload);
        args.put("queue", queue).put("emittedAt", DartTimestamps.of(now));
        String id = UuidV7.next(clock.instant());
        Envelope envelope = new Envelope(id, NAME, args, headers, now, null, 0, 0, 0, null, channel(queue), meta);
        broker.broadcast(channel(queue), signing.signIfAble(envelope));
        return id;
    }

    /** Hears what is emitted from now on. Close it to stop. */
    public EventSubscription listen(String queue) {
        EventSubscription listening = new EventSubscription(queue);
        // The first take marks the place in the channel: what comes after this line is heard.
        listening.poll(Duration.ZERO);
        listening.thread.start();
        return listening;
    }

    /** One ear at one queue, and its listeners; each is called on the ear's thread, and one that throws harms nobody. */
    public final class EventSubscription implements AutoCloseable {
        private final Subscription subscription;
        private final List<Listener> listeners = new CopyOnWriteArrayList<>();
        private final CountDownLatch stop = new CountDownLatch(1);
        private final EssentialThread thread;

        private record Listener(String name, Consumer<QueueEvent> consumer) {}

        private EventSubscription(String queue) {
            String consumer = "events-" + UUID.randomUUID();
            this.subscription = Subscription.toChannel(channel(queue), consumer, LEASE);
            this.thread = EssentialThread.virtual("queue events", this::run);
        }

        public EventSubscription all(Consumer<QueueEvent> listener) {
            return on("", listener);
        }

        /** @param name of the events to hear; empty for all */
        public EventSubscription on(String name, Consumer<QueueEvent> listener) {
            listeners.add(new Listener(name, listener));
            return this;
        }

        private void run() {
            while (stop.getCount() > 0 && poll(POLL_TIMEOUT)) {
                LOG.trace("heard");
            }
        }

        /** @return false when interrupted */
        private boolean poll(Duration wait) {
            try {
                for (ReceivedMessage message : broker.receive(subscription, BATCH, wait)) {
                    broker.settle(List.of(new Settlement.Ack(message.receipt(), null)));
                    if (message instanceof ReceivedMessage.Delivery delivery) {
                        read(delivery).ifPresent(this::deliver);
                    }
                }
                return true;
            } catch (InterruptedException e) {
                return false;
            } catch (BrokerUnavailable e) {
                LOG.warn("Cannot receive queue events: {}", e.getMessage());
                return pause();
            }
        }

        private boolean pause() {
            try {
                return !stop.await(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                return false;
            }
        }

        private void deliver(QueueEvent event) {
            for (Listener listener : listeners) {
                if (listener.name.isEmpty() || listener.name.equals(event.name())) {
                    try {
                        listener.consumer.accept(event);
                    } catch (RuntimeException e) {
                        LOG.warn("A listener of queue events failed.", e);
                    }
                }
            }
        }

        @Override
        public void close() {
            stop.countDown();
        }
    }

    private Optional<QueueEvent> read(ReceivedMessage.Delivery delivery) {
        Envelope envelope = delivery.message().envelope();
        EnvelopeSigning.Verdict verdict = signing.verify(envelope);
        boolean vouched = !(verdict instanceof EnvelopeSigning.Verdict.Invalid)
                && envelope.queue().equals(delivery.queue());
        if (!vouched || !envelope.name().equals(NAME)) {
            LOG.warn("An event on {} was dropped: no key verifies it, or it is malformed.", delivery.queue());
            return Optional.empty();
        }
        ObjectNode args = envelope.args();
        return Optional.of(new QueueEvent(
                envelope.id(),
                args.path("queue").asString(""),
                args.path("eventName").asString(""),
                args.path("payload") instanceof ObjectNode payload ? payload : JsonNodeFactory.instance.objectNode(),
                DartTimestamps.parse(args.path("emittedAt").asString("")).orElse(envelope.enqueuedAt()),
                envelope.headers(),
                envelope.meta(),
                verdict instanceof EnvelopeSigning.Verdict.Valid));
    }
}
