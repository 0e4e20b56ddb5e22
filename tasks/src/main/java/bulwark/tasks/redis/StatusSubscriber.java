package bulwark.tasks.redis;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.tasks.store.WaiterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Listens, on one connection for the whole process, for changes of the tasks that somebody here waits for. Only a hint: each waiter also polls now and then, so that a lost
 * connection costs time and nothing else. Thread-safe.
 */
final class StatusSubscriber implements AutoCloseable {
    /** After this time without a message the connection is reopened. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration RECONNECT_DELAY = Duration.ofMillis(500);

    private final Supplier<RedisConnection> factory;
    private final WaiterRegistry wakeups;
    private final ConcurrentHashMap<String, Integer> waiting = new ConcurrentHashMap<>();
    private final ReentrantLock writing = new ReentrantLock();
    private @Nullable RedisConnection connection;
    private @Nullable EssentialThread listener;
    private volatile boolean closed;

    StatusSubscriber(Supplier<RedisConnection> connecting, WaiterRegistry wakeups) {
        this.factory = connecting;
        this.wakeups = wakeups;
    }

    /** Channels wake the waiters of their own name. */
    void subscribe(String channel) {
        if (waiting.merge(channel, 1, Integer::sum) == 1) {
            send(Command.SUBSCRIBE, channel);
        }
    }

    void unsubscribe(String channel) {
        if (waiting.computeIfPresent(channel, (ignored, count) -> count == 1 ? null : count - 1) == null) {
            send(Command.UNSUBSCRIBE, channel);
        }
    }

    private void send(Command command, String channel) {
        writing.lock();
        try {
            if (listener == null && !closed) {
                listener = EssentialThread.virtual("redis-changes", this::run).start();
            }
            if (connection != null) {
                connection.send(new CommandArguments(command).add(channel));
            }
        } catch (JedisException broken) {
            // The listener notices, too, and asks for everything again.
        } finally {
            writing.unlock();
        }
    }

    private void run() {
        while (!closed) {
            try {
                read(connect());
            } catch (JedisException lost) {
                // Heals below.
            } finally {
                drop();
            }
            try {
                Thread.sleep(RECONNECT_DELAY);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private RedisConnection connect() {
        RedisConnection fresh = factory.get();
        fresh.setReadTimeout(IDLE_TIMEOUT);
        writing.lock();
        try {
            connection = fresh;
            Set<String> channels = new HashSet<>(waiting.keySet());
            channels.forEach(channel -> fresh.send(new CommandArguments(Command.SUBSCRIBE).add(channel)));
            return fresh;
        } finally {
            writing.unlock();
        }
    }

    private void read(RedisConnection from) {
        while (!closed) {
            List<@Nullable Object> message = RedisReply.list(from.receive());
            if (message.size() == 3 && message.get(0) instanceof byte[] kind && isMessage(kind)) {
                wakeups.wake(RedisReply.text(message.get(1)));
            }
        }
    }

    private static boolean isMessage(byte[] kind) {
        return new String(kind, StandardCharsets.US_ASCII).equals("message");
    }

    private void drop() {
        writing.lock();
        try {
            if (connection != null) {
                connection.close();
                connection = null;
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        drop();
        if (listener != null) {
            listener.thread().interrupt();
        }
    }
}
