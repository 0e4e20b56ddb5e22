package bulwark.tasks.redis;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/** Finds keys by their beginning, a piece at a time so that the server serves others in between. */
final class Scan {
    private static final int PIECE = 2_000;

    private Scan() {}

    static Set<String> keys(RedisConnectionPool connections, String prefix) {
        Set<String> found = new TreeSet<>();
        String cursor = "0";
        do {
            List<@Nullable Object> reply = RedisReply.list(
                    connections.call(Command.SCAN, cursor, "MATCH", escaped(prefix) + "*", "COUNT", PIECE));
            cursor = RedisReply.text(reply.get(0));
            found.addAll(RedisReply.texts(reply.get(1)));
        } while (!cursor.equals("0"));
        return found;
    }

    private static String escaped(String text) {
        return text.replaceAll("[\\\\*?\\[\\]]", "\\\\$0");
    }
}
