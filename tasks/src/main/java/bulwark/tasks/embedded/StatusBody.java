package bulwark.tasks.embedded;

import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.results.StatusText;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.stores.StatusRules;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A status as a row of the store. */
final class StatusBody {
    private StatusBody() {}

    static Row.Status row(TaskStatus status, Duration retention) {
        FencingToken fence = StatusRules.fence(status);
        return new Row.Status(
                status.id(),
                status.state().wire(),
                fence == null ? null : fence.toString(),
                Row.micros(status.createdAt()),
                Row.micros(status.updatedAt()),
                retention.toMillis(),
                StatusText.withoutTimes(status));
    }

    static TaskStatus status(Row.StoredStatus row) {
        TaskStatus read = StatusText.parse(row.body());
        return new TaskStatus(
                read.id(),
                read.state(),
                read.payload(),
                read.error(),
                read.meta(),
                read.attempt(),
                Row.ofMicros(row.createdMicros()),
                Row.ofMicros(row.updatedMicros()));
    }

    static ObjectNode object(JsonNode json) {
        return json instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    }
}
