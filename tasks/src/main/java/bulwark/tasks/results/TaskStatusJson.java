package bulwark.tasks.results;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.results.TaskStatus.TaskError;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A status as one line of JSON, {@code {id,state,payload,error,meta,attempt,createdAt,updatedAt}}. Source of the form: Stem 0.2. The fence, where there is one, is the last
 * member of meta, so that a store can find it and the creation time at the end of the text without parsing. Thread-safe.
 */
public final class TaskStatusJson {
    private TaskStatusJson() {}

    /**
     * The text before and after the creation time, which a store fills in from the status that it replaces.
     *
     * @param createdAt what stands there when there is none
     */
    public record JsonFragments(String head, String createdAt, String tail) {
        @Override
        public String toString() {
            return head + createdAt + tail;
        }
    }

    public static String write(TaskStatus status) {
        Map<String, @Nullable Object> members = members(status);
        String created = DartTimestamps.of(status.createdAt());
        members.put("createdAt", created);
        members.put("updatedAt", updated(status, created));
        return StrictJson.text(members);
    }

    public static JsonFragments parts(TaskStatus status) {
        String whole = withoutTimes(status);
        String created = DartTimestamps.of(status.createdAt());
        return new JsonFragments(
                whole.substring(0, whole.length() - 1) + ",\"createdAt\":\"",
                created,
                "\",\"updatedAt\":\"" + updated(status, created) + "\"}");
    }

    private static String updated(TaskStatus status, String created) {
        return status.updatedAt().equals(status.createdAt()) ? created : DartTimestamps.of(status.updatedAt());
    }

    /** As the members of groups are kept. */
    public static String withoutTimes(TaskStatus status) {
        return StrictJson.text(members(status));
    }

    private static Map<String, @Nullable Object> members(TaskStatus status) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", status.id());
        members.put("state", status.state().wire());
        members.put("payload", status.payload());
        members.put("error", status.error() == null ? null : error(status.error()));
        members.put("meta", fenceLast(status.meta()));
        members.put("attempt", status.attempt());
        return members;
    }

    /**
     * Tolerates the absence of everything but id and state; a missing time is 1970.
     *
     * @throws IllegalArgumentException when it is no status; the message quotes nothing of it
     */
    public static TaskStatus parse(String json) {
        JsonNode node;
        try {
            node = StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
        } catch (StrictJson.JsonRefused e) {
            throw new IllegalArgumentException("a status is not well-formed JSON", e);
        }
        String id = node.path("id").asString("");
        String state = node.path("state").asString("");
        if (id.isEmpty() || state.isEmpty()) {
            throw new IllegalArgumentException("a status has no id or no state");
        }
        return new TaskStatus(
                id,
                state(state),
                present(node.get("payload")),
                error(present(node.get("error"))),
                object(node.get("meta")),
                node.path("attempt").asInt(0),
                time(node.path("createdAt")),
                time(node.path("updatedAt")));
    }

    private static TaskState state(String name) {
        try {
            return TaskState.ofWire(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a status has an unknown state");
        }
    }

    private static Map<String, @Nullable Object> error(TaskError error) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("type", error.type());
        members.put("message", error.message());
        members.put("stack", error.stack());
        members.put("retryable", error.retryable());
        members.put("meta", error.meta());
        return members;
    }

    private static @Nullable TaskError error(@Nullable JsonNode node) {
        return node == null
                ? null
                : new TaskError(
                        node.path("type").asString(""),
                        node.path("message").asString(""),
                        node.path("stack").asString(null),
                        node.path("retryable").asBoolean(false),
                        object(node.get("meta")));
    }

    private static ObjectNode fenceLast(ObjectNode meta) {
        JsonNode fence = meta.get(TaskStatus.FENCE);
        if (fence == null) {
            return meta;
        }
        // Removed and set again, a member stands last; the copy is shallow.
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        copy.setAll(meta);
        copy.remove(TaskStatus.FENCE);
        copy.set(TaskStatus.FENCE, fence);
        return copy;
    }

    private static @Nullable JsonNode present(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : node;
    }

    private static ObjectNode object(@Nullable JsonNode node) {
        return node instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    }

    private static Instant time(JsonNode node) {
        return DartTimestamps.parse(node.asString("")).orElse(Instant.EPOCH);
    }
}
