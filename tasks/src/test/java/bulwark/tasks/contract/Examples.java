package bulwark.tasks.contract;

import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Envelopes, statuses and subscriptions to test with. */
public final class Examples {
    public static final Duration LEASE = Duration.ofSeconds(1);
    public static final Duration LONG_LEASE = Duration.ofSeconds(30);

    private Examples() {}

    public static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static Envelope envelope(String queue) {
        return envelope(queue, 0, null);
    }

    public static Envelope envelope(String queue, int priority, @Nullable Instant notBefore) {
        return new Envelope(
                UUID.randomUUID().toString(),
                "demo.echo",
                object().put("value", 1).put("text", "é😀"),
                Map.of("stem-args-encoder", "json"),
                now(),
                notBefore,
                priority,
                0,
                3,
                null,
                queue,
                object().put("stem.task", "demo.echo"));
    }

    public static Publication publication(Envelope envelope) {
        return Publication.asSigned(Message.fresh(envelope));
    }

    public static Subscription subscription(String queue) {
        return Subscription.toQueue(queue, "consumer-" + UUID.randomUUID(), LEASE);
    }

    public static Subscription longSubscription(String queue) {
        return Subscription.toQueue(queue, "consumer-" + UUID.randomUUID(), LONG_LEASE);
    }

    public static Message message(ReceivedMessage message) {
        return ((ReceivedMessage.Delivery) message).message();
    }

    public static String id(ReceivedMessage message) {
        return message(message).envelope().id();
    }

    public static TaskStatus status(String id, TaskState state) {
        return new TaskStatus(id, state, null, null, object(), 0, now(), now());
    }

    /** With the fence of the receipt. */
    public static TaskStatus status(String id, TaskState state, Receipt receipt) {
        ObjectNode meta = object().put("queue", "default");
        meta.put(TaskStatus.FENCE, receipt.token().toString());
        return new TaskStatus(id, state, null, null, meta, 0, now(), now());
    }

    public static RunStart start(ReceivedMessage message) {
        return new RunStart(message.receipt(), status(id(message), TaskState.RUNNING, message.receipt()));
    }

    public static Settlement ack(ReceivedMessage message) {
        return new Settlement.Ack(message.receipt(), status(id(message), TaskState.SUCCEEDED, message.receipt()));
    }

    public static Settlement requeue(ReceivedMessage arrival, Message message, @Nullable Instant notBefore) {
        return new Settlement.Requeue(
                arrival.receipt(),
                message,
                arrival.queue(),
                message.envelope().priority(),
                notBefore,
                status(id(arrival), TaskState.RETRIED, arrival.receipt()));
    }

    public static Settlement reject(ReceivedMessage message, String reason) {
        return new Settlement.Reject(
                message.receipt(),
                new Settlement.Content.WholeMessage(message(message)),
                message.queue(),
                reason,
                Map.of("error", "boom"),
                status(id(message), TaskState.FAILED, message.receipt()),
                null);
    }
}
