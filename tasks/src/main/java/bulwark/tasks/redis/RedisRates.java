package bulwark.tasks.redis;

import bulwark.tasks.broker.StartLimit;
import bulwark.tasks.store.RateLimiter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The generic cell rate algorithm, in microseconds: a script's numbers hold those of the present exactly. */
final class RedisRates implements RateLimiter {
    private final RedisConnectionPool connections;
    private final RedisKeys keys;
    private final Clock clock;

    RedisRates(RedisConnectionPool connections, RedisKeys keys, Clock clock) {
        this.connections = connections;
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public Decision acquireAll(List<StartLimit> limits) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(micros(clock.instant()));
        limits.forEach(limit -> add(arguments, keys, limit));
        long early = RedisReply.number(connections.run(Script.RATE, arguments));
        return new Decision(early <= 0, Duration.ofNanos(Math.max(0, early) * 1_000));
    }

    static long micros(Instant now) {
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    /** Key, spacing and burst; a limit below 1 has no burst, from which nothing can be taken. */
    static void add(List<Object> arguments, RedisKeys keys, StartLimit limit) {
        int most = Math.max(0, limit.limit());
        long spacing = Math.max(1, limit.per().toNanos() / 1_000 / Math.max(1, most));
        arguments.add(keys.rate(limit.key()));
        arguments.add(spacing);
        arguments.add(spacing * most);
    }
}
