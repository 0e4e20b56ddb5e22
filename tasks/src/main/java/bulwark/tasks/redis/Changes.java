package bulwark.tasks.redis;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.tasks.stores.Wakeups;
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
 * Listens, on one connection for the whole process, for changes of the tasks that somebody here waits for. Only a hint: whoever waits also looks now and then, so that a lost
 * connection costs time and nothing else. Thread-safe.
 */
final class Changes implements AutoCloseable {
    /** Without a word for so long the connection is opened anew. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final Duration REST = Duration.ofMillis(500);

    private final Supplier<Line> connecting;
    private final Wakeups wakeups;
    private final ConcurrentHashMap<String, Integer> waiting = new ConcurrentHashMap<>();
    private final ReentrantLock writing = new ReentrantLock();
    private @Nullable Line line;
    private @Nullable EssentialThread listener;
    private volatile boolean closed;

    Changes(Supplier<Line> connecting, Wakeups wakeups) {
        this.connecting = connecting;
        this.wakeups = wakeups;
    }

    /** Channels wake the waiters of their own name. */
    void listen(String channel) {
        if (waiting.merge(channel, 1, Integer::sum) == 1) {
            tell(Command.SUBSCRIBE, channel);
        }
    }

    void forget(String channel) {
        if (waiting.computeIfPresent(channel, (ignored, count) -> count == 1 ? null : count - 1) == null) {
            tell(Command.UNSUBSCRIBE, channel);
        }
    }

    private void tell(Command command, String channel) {
        writing.lock();
        try {
            if (listener == null && !closed) {
                listener = EssentialThread.virtual("redis-changes", this::run).start();
            }
            if (line != null) {
                line.send(new CommandArguments(command).add(channel));
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
            }
            drop();
            try {
                Thread.sleep(REST);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Line connect() {
        Line fresh = connecting.get();
        fresh.patience(SILENCE);
        writing.lock();
        try {
            line = fresh;
            Set<String> channels = new HashSet<>(waiting.keySet());
            channels.forEach(channel -> fresh.send(new CommandArguments(Command.SUBSCRIBE).add(channel)));
            return fresh;
        } finally {
            writing.unlock();
        }
    }

    private void read(Line from) {
        while (!closed) {
            List<@Nullable Object> message = Reply.list(from.receive());
            if (message.size() == 3 && message.get(0) instanceof byte[] kind && isMessage(kind)) {
                wakeups.wake(Reply.text(message.get(1)));
            }
        }
    }

    private static boolean isMessage(byte[] kind) {
        return new String(kind, StandardCharsets.US_ASCII).equals("message");
    }

    private void drop() {
        writing.lock();
        try {
            if (line != null) {
                line.close();
                line = null;
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
