package bulwark.tasks.redis;

import bulwark.tasks.store.LockStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Protocol.Command;

/** Locks as keys that end by themselves. */
final class RedisLocks implements LockStore {
    private final RedisConnectionPool connections;
    private final RedisKeys keys;

    RedisLocks(RedisConnectionPool connections, RedisKeys keys) {
        this.connections = connections;
        this.keys = keys;
    }

    @Override
    public boolean acquire(String key, String owner, Duration ttl) {
        return run("acquire", key, owner, ttl);
    }

    @Override
    public boolean renew(String key, String owner, Duration ttl) {
        return run("renew", key, owner, ttl);
    }

    @Override
    public boolean release(String key, String owner) {
        return run("release", key, owner, Duration.ZERO);
    }

    private boolean run(String operation, String key, String owner, Duration ttl) {
        return RedisReply.number(connections.run(
                        Script.LOCK, List.of(operation, keys.lock(key), owner, StatusArguments.millis(ttl))))
                == 1;
    }

    @Override
    public Optional<String> ownerOf(String key) {
        return Optional.of(RedisReply.text(connections.call(Command.GET, keys.lock(key))))
                .filter(owner -> !owner.isEmpty());
    }
}
