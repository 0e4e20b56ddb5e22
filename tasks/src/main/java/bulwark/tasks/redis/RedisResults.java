package bulwark.tasks.redis;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.results.TaskStatusJson;
import bulwark.tasks.store.WaiterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import tools.jackson.databind.node.ObjectNode;

/** Statuses and heartbeats as JSON texts that end by themselves. */
final class RedisResults implements ResultBackend {
    /** How often one who waits looks even though nobody called. */
    private static final long POLL_INTERVAL_MILLIS = 200;

    private static final int READ_AT_ONCE = 500;

    private final RedisConnectionPool connections;
    private final RedisKeys keys;
    private final Duration retention;
    private final StatusSubscriber subscriber;
    private final WaiterRegistry wakeups;
    private final ResultGroups groups;

    RedisResults(
            RedisConnectionPool connections,
            RedisKeys keys,
            Clock clock,
            Duration retention,
            StatusSubscriber subscriber,
            WaiterRegistry wakeups) {
        this.connections = connections;
        this.keys = keys;
        this.retention = retention;
        this.subscriber = subscriber;
        this.wakeups = wakeups;
        groups = new ResultGroups(connections, keys, clock);
    }

    @Override
    public Optional<TaskStatus> get(String taskId) {
        return parse(RedisReply.text(connections.call(Command.GET, keys.resultPrefix() + taskId)));
    }

    /** What cannot be read counts as absent: another program's text must not stop a worker. */
    private static Optional<TaskStatus> parse(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(TaskStatusJson.parse(text));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    @Override
    public void put(TaskStatus status, @Nullable Duration kept) {
        write(StatusArguments.Mode.PUT, status, kept);
    }

    @Override
    public boolean putIfAbsent(TaskStatus status, @Nullable Duration kept) {
        return write(StatusArguments.Mode.ABSENT, status, kept);
    }

    @Override
    public boolean putFenced(TaskStatus status) {
        return write(StatusArguments.Mode.FENCED, status, null);
    }

    @Override
    public boolean putUnvouched(TaskStatus status, String envelopeDigest) {
        List<Object> arguments = new ArrayList<>(List.of(keys.resultPrefix(), keys.eventsPrefix()));
        StatusArguments.addUnvouched(arguments, status, envelopeDigest, retention);
        return RedisReply.number(connections.run(Script.PUT_STATUS, arguments)) == 1;
    }

    private boolean write(StatusArguments.Mode mode, TaskStatus status, @Nullable Duration kept) {
        List<Object> arguments = new ArrayList<>(List.of(keys.resultPrefix(), keys.eventsPrefix()));
        StatusArguments.add(arguments, mode, status, kept == null ? retention : kept);
        return RedisReply.number(connections.run(Script.PUT_STATUS, arguments)) == 1;
    }

    @Override
    public void expire(String taskId, Duration kept) {
        connections.call(Command.PEXPIRE, keys.resultPrefix() + taskId, StatusArguments.millis(kept));
    }

    @Override
    public Optional<TaskStatus> awaitChange(String taskId, @Nullable TaskStatus seen, Duration wait)
            throws InterruptedException {
        String channel = keys.eventsPrefix() + taskId;
        long end = System.nanoTime() + wait.toNanos();
        try (WaiterRegistry.Waiter waiter = wakeups.register(List.of(channel))) {
            subscriber.subscribe(channel);
            try {
                while (true) {
                    Optional<TaskStatus> now = get(taskId);
                    long left = (end - System.nanoTime()) / 1_000_000;
                    if (now.filter(status -> differs(status, seen)).isPresent() || left <= 0 || wakeups.closed()) {
                        return now;
                    }
                    waiter.await(Math.min(left, POLL_INTERVAL_MILLIS));
                }
            } finally {
                subscriber.unsubscribe(channel);
            }
        }
    }

    private static boolean differs(TaskStatus now, @Nullable TaskStatus seen) {
        return seen == null || now.state() != seen.state() || !now.updatedAt().equals(seen.updatedAt());
    }

    @Override
    public List<TaskStatus> list(Predicate<TaskStatus> filter, int offset, int limit) {
        List<String> all = List.copyOf(Scan.keys(connections, keys.resultPrefix()));
        List<TaskStatus> found = new ArrayList<>();
        for (int from = 0; from < all.size(); from += READ_AT_ONCE) {
            List<String> some = all.subList(from, Math.min(all.size(), from + READ_AT_ONCE));
            for (String text : RedisReply.texts(connections.call(Command.MGET, some.toArray()))) {
                parse(text).filter(filter).ifPresent(found::add);
            }
        }
        return found.stream()
                .sorted(Comparator.comparing(TaskStatus::updatedAt)
                        .reversed()
                        .thenComparing(TaskStatus::id, Comparator.reverseOrder()))
                .skip(offset)
                .limit(limit)
                .toList();
    }

    @Override
    public void initGroup(Group group, @Nullable Duration kept) {
        groups.init(group, kept);
    }

    @Override
    public Optional<GroupStatus> addGroupResult(String groupId, TaskStatus status) {
        return groups.add(groupId, status);
    }

    @Override
    public Optional<GroupStatus> group(String groupId) {
        return groups.get(groupId);
    }

    @Override
    public boolean claimChord(String groupId, String callbackTaskId) {
        return groups.claim(groupId, callbackTaskId);
    }

    @Override
    public void putHeartbeat(String workerId, ObjectNode heartbeat, Duration kept) {
        String json = StrictJson.text(heartbeat);
        connections.execute(connection -> connection.pipeline(List.of(
                RedisConnection.command(
                        Command.SET, keys.heartbeat(workerId), json, "PX", StatusArguments.millis(kept)),
                RedisConnection.command(Command.SADD, keys.heartbeats(), workerId),
                RedisConnection.command(
                        Command.PUBLISH,
                        RedisKeys.heartbeatChannel(heartbeat.path("namespace").asString("")),
                        json))));
    }

    @Override
    public Optional<ObjectNode> heartbeat(String workerId) {
        return heartbeatOf(RedisReply.text(connections.call(Command.GET, keys.heartbeat(workerId))));
    }

    private static Optional<ObjectNode> heartbeatOf(String text) {
        try {
            return !text.isEmpty() && StrictJson.parse(text.getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode node
                    ? Optional.of(node)
                    : Optional.empty();
        } catch (StrictJson.JsonRefused unreadable) {
            return Optional.empty();
        }
    }

    @Override
    public List<ObjectNode> heartbeats() {
        List<String> ids = RedisReply.texts(connections.call(Command.SMEMBERS, keys.heartbeats()));
        if (ids.isEmpty()) {
            return List.of();
        }
        List<String> texts = RedisReply.texts(
                connections.call(Command.MGET, ids.stream().map(keys::heartbeat).toArray()));
        List<ObjectNode> found = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            if (texts.get(i).isEmpty()) {
                connections.call(Command.SREM, keys.heartbeats(), ids.get(i));
            }
            heartbeatOf(texts.get(i)).ifPresent(found::add);
        }
        return found;
    }
}
