package bulwark.tasks.redis;

import bulwark.tasks.rates.RateLimiter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The generic cell rate algorithm, in microseconds: a script's numbers hold those of the present exactly. */
final class RedisRates implements RateLimiter {
    private final Lines lines;
    private final Keys keys;
    private final Clock clock;

    RedisRates(Lines lines, Keys keys, Clock clock) {
        this.lines = lines;
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
        long early = Reply.number(lines.run(Script.RATE, List.of(keys.rate(key), micros, spacing, spacing * limit)));
        return early > 0 ? new Decision(false, Duration.ofNanos(early * 1_000)) : new Decision(true, Duration.ZERO);
    }
}
