package bulwark.tasks.redis;

import bulwark.tasks.broker.QueueCounts;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/** What there is of queues. Looking at them makes and changes nothing. */
final class QueueInspector {
    private static final Pattern PRIORITY = Pattern.compile(":p[1-9]$");
    /** Where the server cannot tell how much is pending, it is counted as far as this. */
    private static final int COUNTED = 100_000;

    private final RedisConnectionPool connections;
    private final RedisKeys keys;
    private final Clock clock;

    QueueInspector(RedisConnectionPool connections, RedisKeys keys, Clock clock) {
        this.connections = connections;
        this.keys = keys;
        this.clock = clock;
    }

    QueueCounts counts(String queue) {
        return connections.execute(connection -> counts(connection, queue));
    }

    private QueueCounts counts(RedisConnection connection, String queue) {
        List<String> streams = keys.streams(queue);
        List<CommandArguments> commands = new ArrayList<>();
        commands.add(RedisConnection.command(Command.ZCOUNT, keys.delayed(queue), "-inf", clock.millis()));
        commands.add(RedisConnection.command(Command.ZCARD, keys.delayed(queue)));
        commands.add(RedisConnection.command(Command.LLEN, keys.deadLetters(queue)));
        for (String stream : streams) {
            commands.add(RedisConnection.command(Command.XINFO, "GROUPS", stream));
            commands.add(RedisConnection.command(Command.XLEN, stream));
        }
        List<@Nullable Object> answers = connection.pipeline(commands);
        long due = number(answers.get(0));
        long pending = due;
        long inFlight = 0;
        for (int i = 0; i < streams.size(); i++) {
            Map<String, String> group = group(answers.get(3 + 2 * i), keys.group(queue));
            if (group == null) {
                pending += number(answers.get(4 + 2 * i));
            } else {
                inFlight += Long.parseLong(group.get("pending"));
                pending += pending(connection, streams.get(i), group);
            }
        }
        return new QueueCounts(pending, inFlight, number(answers.get(1)) - due, number(answers.get(2)));
    }

    private static long number(@Nullable Object answer) {
        if (answer instanceof JedisDataException refused) {
            throw refused;
        }
        return RedisReply.number(answer);
    }

    /** Null when there is no such stream or group. */
    private static @Nullable Map<String, String> group(@Nullable Object answer, String name) {
        if (answer instanceof JedisDataException) {
            return null;
        }
        return RedisReply.list(answer).stream()
                .map(RedisReply::fields)
                .filter(group -> name.equals(group.get("name")))
                .findFirst()
                .orElse(null);
    }

    /** The server does not know its lag after somebody deleted entries, nor before Redis 7. */
    private static long pending(RedisConnection connection, String stream, Map<String, String> group) {
        String lag = group.getOrDefault("lag", "");
        if (!lag.isEmpty()) {
            return Long.parseLong(lag);
        }
        return RedisReply.list(connection.call(
                        Command.XRANGE, stream, "(" + group.get("last-delivered-id"), "+", "COUNT", COUNTED))
                .size();
    }

    List<String> names() {
        Set<String> names = new TreeSet<>();
        for (String prefix : List.of(keys.streamPrefix(), keys.delayedPrefix(), keys.deadPrefix())) {
            for (String key : Scan.keys(connections, prefix)) {
                String name = key.substring(prefix.length());
                names.add(
                        prefix.equals(keys.streamPrefix())
                                ? PRIORITY.matcher(name).replaceFirst("")
                                : name);
            }
        }
        return List.copyOf(names);
    }

    void remove(String queue) {
        List<Object> all = new ArrayList<>(keys.streams(queue));
        keys.streams(queue).forEach(stream -> all.add(RedisKeys.deaths(stream)));
        all.add(keys.delayed(queue));
        all.add(keys.deadLetters(queue));
        connections.call(Command.DEL, all.toArray());
    }
}
