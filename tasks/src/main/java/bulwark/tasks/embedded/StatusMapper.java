package bulwark.tasks.embedded;

import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.results.TaskStatusJson;
import bulwark.tasks.store.StatusTransitions;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A status as a row of the store. */
final class StatusMapper {
    private StatusMapper() {}

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
}
