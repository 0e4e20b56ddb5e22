package bulwark.tasks.redis;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.store.Revocation;
import bulwark.tasks.store.RevocationStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import tools.jackson.databind.JsonNode;

/** Revocations as JSON in one hash for each namespace. What cannot be read there is passed over. */
final class RedisRevocations implements RevocationStore {
    private final RedisConnectionPool connections;

    RedisRevocations(RedisConnectionPool connections) {
        this.connections = connections;
    }

    @Override
    public Revocation upsert(Revocation revocation) {
        Object stored = connections.run(
                Script.REVOKE,
                List.of(
                        RedisKeys.revocations(revocation.namespace()),
                        revocation.taskId(),
                        revocation.version(),
                        write(revocation)));
        return parse(RedisReply.text(stored)).orElse(revocation);
    }

    @Override
    public List<Revocation> list(String namespace) {
        return RedisReply.texts(connections.call(Command.HVALS, RedisKeys.revocations(namespace))).stream()
                .flatMap(text -> parse(text).stream())
                .sorted(Comparator.comparingLong(Revocation::version).thenComparing(Revocation::taskId))
                .toList();
    }

    @Override
    public int prune(String namespace, Instant now) {
        int removed = 0;
        for (Revocation revocation : list(namespace)) {
            if (revocation.expired(now)) {
                removed += Math.toIntExact(RedisReply.number(
                        connections.call(Command.HDEL, RedisKeys.revocations(namespace), revocation.taskId())));
            }
        }
        return removed;
    }

    private static String write(Revocation revocation) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("namespace", revocation.namespace());
        members.put("taskId", revocation.taskId());
        members.put("version", revocation.version());
        members.put("issuedAt", DartTimestamps.of(revocation.issuedAt()));
        members.put("terminate", revocation.terminate());
        put(members, "reason", revocation.reason());
        put(members, "requestedBy", revocation.requestedBy());
        put(members, "expiresAt", revocation.expiresAt() == null ? null : DartTimestamps.of(revocation.expiresAt()));
        return StrictJson.text(members);
    }

    private static void put(Map<String, Object> members, String name, @Nullable String value) {
        if (value != null) {
            members.put(name, value);
        }
    }

    private static Optional<Revocation> parse(String text) {
        try {
            JsonNode node = StrictJson.parse(text.getBytes(StandardCharsets.UTF_8));
            return Optional.of(new Revocation(
                    node.path("namespace").asString(""),
                    node.path("taskId").asString(""),
                    node.path("version").asLong(0),
                    DartTimestamps.parse(node.path("issuedAt").asString("")).orElse(Instant.EPOCH),
                    node.path("terminate").asBoolean(false),
                    optional(node, "reason"),
                    optional(node, "requestedBy"),
                    node.hasNonNull("expiresAt")
                            ? DartTimestamps.parse(node.path("expiresAt").asString(""))
                                    .orElse(null)
                            : null));
        } catch (StrictJson.JsonRefused unreadable) {
            return Optional.empty();
        }
    }

    private static @Nullable String optional(JsonNode node, String name) {
        return node.hasNonNull(name) ? node.path(name).asString("") : null;
    }
}
