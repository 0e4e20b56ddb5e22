package bulwark.tasks.execution;

import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.lease.VerifiedTask;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes the statuses that a worker writes, each with the fencing token of its consumer. Meta keys: Stem 0.2. Thread-safe. */
public final class StatusFactory {
    private static final int MAX_TEXT = 4_000;

    private final String worker;
    private final Clock clock;

    public StatusFactory(String worker, Clock clock) {
        this.worker = worker;
        this.clock = clock;
    }

    /** @param more adds members to the meta */
    TaskStatus of(
            ReceivedMessage.Delivery delivery,
            TaskState state,
            @Nullable JsonNode payload,
            TaskStatus.@Nullable TaskError error,
            Consumer<ObjectNode> more) {
        return of(
                delivery,
                state,
                payload,
                error,
                meta -> {
                    meta.setAll(delivery.message().envelope().meta());
                },
                more);
    }

    private TaskStatus of(
            ReceivedMessage.Delivery delivery,
            TaskState state,
            @Nullable JsonNode payload,
            TaskStatus.@Nullable TaskError error,
            Consumer<ObjectNode> first,
            Consumer<ObjectNode> more) {
        Envelope envelope = delivery.message().envelope();
        Instant now = clock.instant();
        ObjectNode meta = JsonNodeFactory.instance.objectNode();
        first.accept(meta);
        meta.put("task", envelope.name());
        meta.put("stem.task", envelope.name());
        meta.put("queue", delivery.queue());
        meta.put("stem.queue", delivery.queue());
        meta.put("worker", worker);
        more.accept(meta);
        meta.put(TaskStatus.FENCE, delivery.receipt().token().toString());
        return new TaskStatus(
                envelope.id(), state, payload, error, meta, delivery.message().attempt(), now, now);
    }

    TaskStatus running(VerifiedTask task) {
        return of(task.delivery(), TaskState.RUNNING, null, null, meta -> started(meta, task));
    }

    TaskStatus succeeded(VerifiedTask task, PayloadEncoding.Encoded result) {
        return of(task.delivery(), TaskState.SUCCEEDED, result.payload(), null, meta -> {
            started(meta, task);
            meta.put("completedAt", now());
            meta.put("__stemResultEncoder", result.encoder());
        });
    }

    TaskStatus failed(ReceivedMessage.Delivery delivery, TaskStatus.TaskError error, Consumer<ObjectNode> more) {
        return of(delivery, TaskState.FAILED, null, error, meta -> {
            more.accept(meta);
            meta.put("failedAt", now());
        });
    }

    /** Of an envelope that no signature vouches for: nothing of its meta is looked at, let alone kept. */
    TaskStatus failedUnverified(
            ReceivedMessage.Delivery delivery, TaskStatus.TaskError error, Consumer<ObjectNode> more) {
        return of(delivery, TaskState.FAILED, null, error, meta -> {}, meta -> {
            more.accept(meta);
            meta.put("failedAt", now());
        });
    }

    /** Of something that names a task and is no envelope. */
    TaskStatus malformed(ReceivedMessage.Malformed malformed) {
        Instant now = clock.instant();
        ObjectNode meta = JsonNodeFactory.instance.objectNode();
        meta.put("queue", malformed.queue());
        meta.put("stem.queue", malformed.queue());
        meta.put("worker", worker);
        meta.put("security", "malformed-envelope");
        meta.put("failedAt", now());
        TaskStatus.TaskError error = error("MalformedEnvelope", malformed.reason(), false, Map.of());
        return new TaskStatus(malformed.claimedTaskId(), TaskState.FAILED, null, error, meta, 0, now, now);
    }

    TaskStatus cancelled(ReceivedMessage.Delivery delivery, TaskStatus.TaskError error, Consumer<ObjectNode> more) {
        return of(delivery, TaskState.CANCELLED, null, error, more);
    }

    static void started(ObjectNode meta, VerifiedTask task) {
        meta.put("startedAt", DartTimestamps.of(task.startedAt()));
    }

    String now() {
        return DartTimestamps.of(clock.instant());
    }

    static TaskStatus.TaskError error(String type, String message, boolean retryable, Map<String, String> more) {
        ObjectNode meta = JsonNodeFactory.instance.objectNode();
        more.forEach(meta::put);
        return new TaskStatus.TaskError(type, cut(message), null, retryable, meta);
    }

    /** The type is the simple name, which is what retry policies name. */
    static TaskStatus.TaskError error(Throwable thrown, boolean retryable) {
        String message = textOf(thrown, Throwable::getMessage);
        return new TaskStatus.TaskError(
                typeOf(thrown),
                cut(message.isEmpty() ? typeOf(thrown) : message),
                cut(textOf(thrown, StatusFactory::stackOf)),
                retryable,
                JsonNodeFactory.instance.objectNode());
    }

    static String typeOf(Throwable thrown) {
        String simple = thrown.getClass().getSimpleName();
        return simple.isEmpty() ? thrown.getClass().getName() : simple;
    }

    private static @Nullable String stackOf(Throwable thrown) {
        StringWriter stack = new StringWriter();
        thrown.printStackTrace(new PrintWriter(stack));
        return stack.toString();
    }

    /** What a handler throws is the handler's own code, which may fail as well. */
    private static String textOf(Throwable thrown, Function<Throwable, @Nullable String> text) {
        try {
            String told = text.apply(thrown);
            return told == null ? "" : told;
        } catch (RuntimeException | StackOverflowError e) {
            return "(" + typeOf(e) + " while the error was described)";
        }
    }

    /** At most so long, and nothing that JSON cannot hold: half an emoji becomes U+FFFD. */
    static String cut(String text) {
        String some = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text;
        StringBuilder whole = new StringBuilder(some.length());
        some.codePoints()
                .forEach(point -> whole.appendCodePoint(
                        point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point));
        return whole.toString();
    }
}
