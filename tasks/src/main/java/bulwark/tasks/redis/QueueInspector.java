package bulwark.tasks.redis;

import bulwark.tasks.broker.QueueCounts;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

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
        List<Object> arguments = new ArrayList<>(List.of(
                clock.millis(),
                keys.group(queue),
                keys.delayed(queue),
                keys.deadLetters(queue),
                keys.backlogLimits(queue),
                keys.backlogPrefix(queue),
                COUNTED,
                keys.admitted(queue)));
        arguments.addAll(keys.streams(queue));
        List<@Nullable Object> counts = RedisReply.list(connections.run(Script.COUNTS, arguments));
        return new QueueCounts(
                RedisReply.number(counts.get(0)),
                RedisReply.number(counts.get(1)),
                RedisReply.number(counts.get(2)),
                RedisReply.number(counts.get(3)));
    }

    private List<String> backlogs(RedisConnection connection, String queue) {
        return RedisReply.texts(connection.call(Command.HKEYS, keys.backlogLimits(queue))).stream()
                .map(name -> keys.backlogPrefix(queue) + name)
                .toList();
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
        all.add(keys.admitted(queue));
        all.add(RedisKeys.deaths(keys.admitted(queue)));
        all.add(keys.backlogs(queue));
        all.add(keys.backlogLimits(queue));
        connections.execute(connection -> {
            all.addAll(backlogs(connection, queue));
            return connection.call(Command.DEL, all.toArray());
        });
    }
}
