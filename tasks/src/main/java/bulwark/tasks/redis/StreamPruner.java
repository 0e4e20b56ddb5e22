package bulwark.tasks.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Forgets what is done, so that memory stays bounded. */
final class StreamPruner {
    /** A consumer that held nothing and was idle for this time is removed. */
    private static final Duration CONSUMER_IDLE_TIMEOUT = Duration.ofDays(1);

    private StreamPruner() {}

    /** @param used the streams from which something was taken lately */
    static void trim(RedisConnection connection, List<StreamSource> sources, Set<String> used) {
        for (StreamSource source : sources) {
            // The length of broadcast streams is bounded as they are written: consumers come and go.
            if (!source.broadcast()) {
                List<Object> arguments = new ArrayList<>(List.of(source.group()));
                source.streams().stream().filter(used::contains).forEach(arguments::add);
                if (arguments.size() > 1) {
                    connection.run(Script.TRIM, arguments);
                }
            }
        }
    }

    static @Nullable Object tidy(RedisConnection connection, List<StreamSource> sources) {
        for (StreamSource source : sources) {
            List<Object> arguments = new ArrayList<>();
            if (!source.broadcast()) {
                arguments.add(source.group());
                arguments.add(CONSUMER_IDLE_TIMEOUT.toMillis());
                arguments.addAll(source.streams());
                connection.run(Script.TIDY, arguments);
            }
        }
        return null;
    }
}
