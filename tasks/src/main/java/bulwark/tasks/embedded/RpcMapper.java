package bulwark.tasks.embedded;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.results.TaskStatusJson;
import bulwark.tasks.store.StatusTransitions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Between the records of {@link StoreRpc} and what the task stores speak of. */
final class RpcMapper {
    private RpcMapper() {}

    static StoreRpc.Status row(TaskStatus status, Duration retention) {
        FencingToken fence = StatusTransitions.fence(status);
        return new StoreRpc.Status(
                status.id(),
                status.state().wire(),
                fence == null ? null : fence.toString(),
                StoreRpc.micros(status.createdAt()),
                StoreRpc.micros(status.updatedAt()),
                retention.toMillis(),
                TaskStatusJson.withoutTimes(status));
    }

    static TaskStatus status(StoreRpc.StoredStatus row) {
        TaskStatus read = TaskStatusJson.parse(row.body());
        return new TaskStatus(
                read.id(),
                read.state(),
                read.payload(),
                read.error(),
                read.meta(),
                read.attempt(),
                StoreRpc.ofMicros(row.createdMicros()),
                StoreRpc.ofMicros(row.updatedMicros()));
    }

    static ObjectNode object(JsonNode json) {
        return json instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    }

    static DeadLetter deadLetter(StoreRpc.StoredDeadLetter row) {
        StoreRpc.DeadLetterContent content = row.content();
        Map<String, String> fields = new LinkedHashMap<>();
        if (content.fields() != null) {
            parse(content.fields())
                    .properties()
                    .forEach(each -> fields.put(each.getKey(), each.getValue().asString()));
        }
        Message message = null;
        if (content.message() != null) {
            try {
                message = EnvelopeCodec.ofJson(content.message());
            } catch (EnvelopeRefused e) {
                fields.put("json", content.message());
            }
        }
        return new DeadLetter(
                Long.toString(row.id()),
                content.queue(),
                message,
                Map.copyOf(fields),
                content.reason(),
                object(parse(content.meta())),
                StoreRpc.ofMicros(row.deadMicros()));
    }

    private static JsonNode parse(String json) {
        return StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
