package bulwark.tasks.redis;

import bulwark.tasks.broker.BrokerUnavailable;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Connections to one server, opened as needed and used again. After a failure none of the idle ones is trusted, so the next call finds a server that came back. Thread-safe.
 */
final class RedisConnectionPool implements AutoCloseable {
    private static final int MAX_AT_ONCE = 48;
    /** One that rested longer is asked first whether it is still alive. */
    private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

    private final Supplier<RedisConnection> factory;
    private final RedisErrors failures;
    private final ConcurrentLinkedDeque<RedisConnection> idle = new ConcurrentLinkedDeque<>();
    private final Set<RedisConnection> open = ConcurrentHashMap.newKeySet();
    private final Semaphore slots = new Semaphore(MAX_AT_ONCE);
    private volatile boolean closed;

    RedisConnectionPool(Supplier<RedisConnection> connecting, RedisErrors failures) {
        this.factory = connecting;
        this.failures = failures;
    }

    /** @throws BrokerUnavailable when the server cannot be reached or refuses */
    <T extends @Nullable Object> T execute(Function<RedisConnection, T> work) {
        slots.acquireUninterruptibly();
        try {
            return executeBlocking(work);
        } finally {
            slots.release();
        }
    }

    /** For what may wait long: outside the limit on connections. */
    <T extends @Nullable Object> T executeBlocking(Function<RedisConnection, T> work) {
        RedisConnection connection = borrow();
        try {
            T answer = work.apply(connection);
            release(connection);
            return answer;
        } catch (JedisConnectionException e) {
            drop(connection);
            dropIdle();
            throw closed ? poolClosed() : failures.unavailable(e);
        } catch (JedisDataException e) {
            release(connection);
            throw failures.unavailable(e);
        } catch (RuntimeException | Error e) {
            // Somewhere within a reply, perhaps.
            drop(connection);
            throw e;
        }
    }

    @Nullable
    Object run(Script script, List<?> arguments) {
        return execute(connection -> connection.run(script, arguments));
    }

    @Nullable
    Object call(Command command, Object... arguments) {
        return execute(connection -> connection.call(command, arguments));
    }

    boolean closed() {
        return closed;
    }

    private RedisConnection borrow() {
        while (!closed) {
            RedisConnection connection = idle.pollFirst();
            if (connection == null) {
                return connect();
            }
            if (isUsable(connection)) {
                return connection;
            }
            drop(connection);
        }
        throw poolClosed();
    }

    private static BrokerUnavailable poolClosed() {
        return new BrokerUnavailable("This connection to Redis was closed.", null);
    }

    private static boolean isUsable(RedisConnection connection) {
        if (connection.broken()) {
            return false;
        }
        if (System.nanoTime() - connection.idleSince < FRESH_NANOS) {
            return true;
        }
        try {
            connection.call(Command.PING);
            return true;
        } catch (JedisException e) {
            return false;
        }
    }

    private RedisConnection connect() {
        try {
            RedisConnection connection = factory.get();
            open.add(connection);
            if (closed) {
                drop(connection);
            }
            return connection;
        } catch (JedisException e) {
            throw failures.unavailable(e);
        }
    }

    private void release(RedisConnection connection) {
        if (closed || connection.broken()) {
            drop(connection);
            return;
        }
        connection.idleSince = System.nanoTime();
        idle.addFirst(connection);
    }

    private void drop(RedisConnection connection) {
        open.remove(connection);
        connection.close();
    }

    /** Also after new TLS material was loaded: connections in use finish, and the next ones are opened with it. */
    void dropIdle() {
        for (RedisConnection connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
            drop(connection);
        }
    }

    /** Ends what is under way, too. */
    @Override
    public void close() {
        closed = true;
        open.forEach(this::drop);
    }
}
