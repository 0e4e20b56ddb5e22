package bulwark.gateway.redis;

import bulwark.kernel.concurrent.EssentialThread;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A few connections to one Redis, made ahead of use, for questions that have little time: one that has no answer in its time is answered with nothing, whatever became of the server.
 * Thread-safe; waits, so call on a virtual thread.
 */
public final class RedisConnections implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConnections.class);
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;
    private static final long UPKEEP_MILLIS = 100;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final SharedRedis redis;
    private final int wanted;
    private final LinkedBlockingQueue<Connection> idle = new LinkedBlockingQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread upkeep = EssentialThread.virtual("redis-connections", this::upkeep);
    private volatile boolean reachable = true;

    private RedisConnections(SharedRedis redis, int wanted) {
        this.redis = redis;
        this.wanted = wanted;
    }

    /** Returns before any connection is there. @param redis closed with this */
    public static RedisConnections open(SharedRedis redis, int connections) {
        RedisConnections opened = new RedisConnections(redis, connections);
        opened.upkeep.start();
        return opened;
    }

    /**
     * Empty when there was no connection or no answer in time.
     *
     * @param question asks one thing on the connection
     */
    public <T> Optional<T> ask(Duration within, Function<Connection, T> question) {
        long end = System.nanoTime() + within.toNanos();
        Connection connection;
        try {
            connection = idle.poll(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        if (connection == null) {
            return Optional.empty();
        }
        try {
            connection.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
            Optional<T> answer = Optional.ofNullable(question.apply(connection));
            idle.add(connection);
            return answer;
        } catch (JedisException e) {
            // What comes late on this connection would be taken for the next answer.
            open.decrementAndGet();
            connection.close();
            return Optional.empty();
        }
    }

    /** Whether the last attempt to connect succeeded, and some connection is open. */
    public boolean isReachable() {
        return reachable && open.get() > 0;
    }

    private void upkeep() {
        try {
            do {
                while (open.get() < wanted && connect()) {
                    open.incrementAndGet();
                }
            } while (!stop.await(UPKEEP_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean connect() {
        try {
            idle.add(redis.connect(CONNECT_TIMEOUT_MILLIS));
            if (!reachable) {
                LOG.info("{} answers again.", redis);
            }
            reachable = true;
        } catch (JedisException e) {
            if (reachable) {
                LOG.warn("{} does not answer: {}; it is tried again.", redis, e.getMessage());
            }
            reachable = false;
        }
        return reachable;
    }

    @Override
    public void close() {
        stop.countDown();
        upkeep.awaitEnd(CLOSE_TIMEOUT);
        for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
            connection.close();
        }
        redis.close();
    }
}
