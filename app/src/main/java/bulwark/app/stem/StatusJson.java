package bulwark.app.stem;

import bulwark.app.cli.Json;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.results.TaskStatus;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A task's status as commands print it: the members of the stored form. */
final class StatusJson {
    private StatusJson() {}

    static ObjectNode of(TaskStatus status) {
        ObjectNode json =
                Json.object().put("id", status.id()).put("state", status.state().wire());
        json.set("payload", status.payload() == null ? JsonNodeFactory.instance.nullNode() : status.payload());
        if (status.error() == null) {
            json.putNull("error");
        } else {
            ObjectNode error = json.putObject("error")
                    .put("type", status.error().type())
                    .put("message", status.error().message())
                    .put("retryable", status.error().retryable());
            error.set("meta", status.error().meta());
        }
        json.set("meta", status.meta());
        return json.put("attempt", status.attempt())
                .put("createdAt", DartTimestamps.of(status.createdAt()))
                .put("updatedAt", DartTimestamps.of(status.updatedAt()));
    }
}
