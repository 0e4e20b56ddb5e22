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
final class Lines implements AutoCloseable {
    private static final int MOST_AT_ONCE = 48;
    /** One that rested longer is asked first whether it is still alive. */
    private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

    private final Supplier<Line> connecting;
    private final Failures failures;
    private final ConcurrentLinkedDeque<Line> idle = new ConcurrentLinkedDeque<>();
    private final Set<Line> open = ConcurrentHashMap.newKeySet();
    private final Semaphore slots = new Semaphore(MOST_AT_ONCE);
    private volatile boolean closed;

    Lines(Supplier<Line> connecting, Failures failures) {
        this.connecting = connecting;
        this.failures = failures;
    }

    /** @throws BrokerUnavailable when the server cannot be reached or refuses */
    <T extends @Nullable Object> T with(Function<Line, T> work) {
        slots.acquireUninterruptibly();
        try {
            return apart(work);
        } finally {
            slots.release();
        }
    }

    /** For what may wait long: outside the limit on connections. */
    <T extends @Nullable Object> T apart(Function<Line, T> work) {
        Line line = borrow();
        try {
            T answer = work.apply(line);
            giveBack(line);
            return answer;
        } catch (JedisConnectionException e) {
            drop(line);
            dropIdle();
            throw closed ? closedAlready() : failures.unavailable(e);
        } catch (JedisDataException e) {
            giveBack(line);
            throw failures.unavailable(e);
        } catch (RuntimeException e) {
            // Somewhere within a reply, perhaps.
            drop(line);
            throw e;
        }
    }

    @Nullable
    Object run(Script script, List<?> arguments) {
        return with(line -> line.run(script, arguments));
    }

    @Nullable
    Object call(Command command, Object... arguments) {
        return with(line -> line.call(command, arguments));
    }

    boolean closed() {
        return closed;
    }

    private Line borrow() {
        while (!closed) {
            Line line = idle.pollFirst();
            if (line == null) {
                return connect();
            }
            if (alive(line)) {
                return line;
            }
            drop(line);
        }
        throw closedAlready();
    }

    private static BrokerUnavailable closedAlready() {
        return new BrokerUnavailable("This connection to Redis was closed.", null);
    }

    private static boolean alive(Line line) {
        if (line.broken()) {
            return false;
        }
        if (System.nanoTime() - line.idleSince < FRESH_NANOS) {
            return true;
        }
        try {
            line.call(Command.PING);
            return true;
        } catch (JedisException e) {
            return false;
        }
    }

    private Line connect() {
        try {
            Line line = connecting.get();
            open.add(line);
            if (closed) {
                drop(line);
            }
            return line;
        } catch (JedisException e) {
            throw failures.unavailable(e);
        }
    }

    private void giveBack(Line line) {
        if (closed || line.broken()) {
            drop(line);
            return;
        }
        line.idleSince = System.nanoTime();
        idle.addFirst(line);
    }

    private void drop(Line line) {
        open.remove(line);
        line.close();
    }

    /** Also after new TLS material was loaded: whoever is in use finishes, and the next ones are opened with it. */
    void dropIdle() {
        for (Line line = idle.pollFirst(); line != null; line = idle.pollFirst()) {
            drop(line);
        }
    }

    /** Ends what is under way, too. */
    @Override
    public void close() {
        closed = true;
        open.forEach(this::drop);
    }
}
