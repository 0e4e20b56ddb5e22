package bulwark.tasks.redis;

import bulwark.tasks.store.RateLimiter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
    public Decision acquire(String key, int limit, Duration per) {
        if (limit < 1) {
            return new Decision(false, per);
        }
        Instant now = clock.instant();
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        long spacing = Math.max(1, per.toNanos() / 1_000 / limit);
        long early = RedisReply.number(
                connections.run(Script.RATE, List.of(keys.rate(key), micros, spacing, spacing * limit)));
        return early > 0 ? new Decision(false, Duration.ofNanos(early * 1_000)) : new Decision(true, Duration.ZERO);
    }
}
