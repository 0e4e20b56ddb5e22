package bulwark.tasks.redis;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.results.ResultBackend.Group;
import bulwark.tasks.results.ResultBackend.GroupStatus;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.results.TaskStatusJson;
import bulwark.tasks.store.StatusTransitions;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Groups: a descriptor, the results of the members, and the mark of who claimed the callback. Thread-safe. */
final class ResultGroups {
    private final RedisConnectionPool connections;
    private final RedisKeys keys;
    private final Clock clock;

    ResultGroups(RedisConnectionPool connections, RedisKeys keys, Clock clock) {
        this.connections = connections;
        this.keys = keys;
        this.clock = clock;
    }

    void init(Group group, @Nullable Duration kept) {
        connections.execute(connection -> connection.pipeline(List.of(
                RedisConnection.command(Command.MULTI),
                RedisConnection.command(Command.DEL, keys.groupResults(group.id()), keys.groupClaim(group.id())),
                RedisConnection.command(
                        Command.SET,
                        keys.groupDescriptor(group.id()),
                        write(group),
                        "PX",
                        StatusArguments.millis(kept)),
                RedisConnection.command(Command.EXEC))));
    }

    Optional<GroupStatus> add(String groupId, TaskStatus status) {
        List<@Nullable Object> reply = RedisReply.list(connections.run(
                Script.GROUP_ADD,
                List.of(
                        keys.groupDescriptor(groupId),
                        keys.groupResults(groupId),
                        status.id(),
                        // The original form has no times here; its readers ignore them.
                        TaskStatusJson.write(status))));
        return reply.isEmpty() ? Optional.empty() : status(groupId, RedisReply.text(reply.get(0)), reply.get(1));
    }

    Optional<GroupStatus> get(String groupId) {
        List<@Nullable Object> replies = connections.execute(connection -> connection.pipeline(List.of(
                RedisConnection.command(Command.GET, keys.groupDescriptor(groupId)),
                RedisConnection.command(Command.HGETALL, keys.groupResults(groupId)))));
        return status(groupId, RedisReply.text(replies.get(0)), replies.get(1));
    }

    private static Optional<GroupStatus> status(String groupId, String descriptor, @Nullable Object results) {
        return parse(groupId, descriptor).map(group -> {
            Map<String, TaskStatus> members = new LinkedHashMap<>();
            RedisReply.fields(results).forEach((id, text) -> {
                try {
                    members.put(id, TaskStatusJson.parse(text));
                } catch (IllegalArgumentException unreadable) {
                    // Another program's text counts as absent.
                }
            });
            return new GroupStatus(group, members);
        });
    }

    boolean claim(String groupId, String callbackTaskId) {
        while (true) {
            String expected = RedisReply.text(connections.call(Command.GET, keys.groupDescriptor(groupId)));
            Optional<Group> group = parse(groupId, expected);
            if (group.isEmpty() || group.get().meta().has(StatusTransitions.CHORD_CLAIMED)) {
                return false;
            }
            Group claimed = StatusTransitions.claimed(group.get(), callbackTaskId, clock.instant());
            long answer = RedisReply.number(connections.run(
                    Script.GROUP_CLAIM,
                    List.of(keys.groupDescriptor(groupId), keys.groupClaim(groupId), expected, write(claimed))));
            if (answer != 2) {
                return answer == 1;
            }
        }
    }

    private static String write(Group group) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", group.id());
        members.put("expected", group.expected());
        members.put("meta", group.meta());
        return StrictJson.text(members);
    }

    private static Optional<Group> parse(String groupId, String text) {
        try {
            if (text.isEmpty()) {
                return Optional.empty();
            }
            JsonNode node = StrictJson.parse(text.getBytes(StandardCharsets.UTF_8));
            ObjectNode meta =
                    node.get("meta") instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
            return Optional.of(new Group(groupId, node.path("expected").asInt(0), meta));
        } catch (StrictJson.JsonRefused unreadable) {
            return Optional.empty();
        }
    }
}
