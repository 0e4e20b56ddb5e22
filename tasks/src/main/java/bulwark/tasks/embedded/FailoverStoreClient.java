package bulwark.tasks.embedded;

import bulwark.kernel.concurrent.Backoff;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.storage.StoreInUse;
import bulwark.kernel.storage.StoreRefused;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.web.LocalSocket;
import bulwark.web.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the store when nobody else does, and calls the owner otherwise. When the owner does not answer, the caller tries to become the owner itself, else
 * looks for the new owner; the call is repeated. The file lock alone decides which process owns the store. Thread-safe.
 */
final class FailoverStoreClient implements StoreClient {
    private static final Logger LOG = LoggerFactory.getLogger(FailoverStoreClient.class);
    private static final Duration FAILOVER_TIMEOUT = Duration.ofSeconds(30);
    /** Longer than the longest poll. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);

    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(5), Duration.ofMillis(200));

    private final Path file;
    private final Clock clock;
    private final ReentrantLock changing = new ReentrantLock();
    private final List<Consumer<Throwable>> fatalListeners = new CopyOnWriteArrayList<>();
    private volatile Role role = new Role.Searching();

    private sealed interface Role {
        record Owner(StoreOwner owner, StoreRpcServer server) implements Role {}

        record Client(RunFile there) implements Role {}

        /** Somebody holds it and has not said where to ask. */
        record Searching() implements Role {}

        record Closed() implements Role {}
    }

    FailoverStoreClient(Path file, Clock clock) {
        this.file = file.toAbsolutePath().normalize();
        this.clock = clock;
    }

    @Override
    public @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        long end = System.nanoTime() + FAILOVER_TIMEOUT.toNanos();
        int failures = 0;
        while (true) {
            Role now = role;
            try {
                return switch (now) {
                    case Role.Owner(StoreOwner owner, StoreRpcServer _) -> owner.call(method, arguments);
                    case Role.Client(RunFile there) -> callOwner(there, method, arguments);
                    case Role.Searching _ ->
                        throw new OwnerUnreachable("the store's owner has not published its socket yet", null);
                    case Role.Closed _ -> throw new BrokerUnavailable("The task store is closed.", null);
                };
            } catch (OwnerUnreachable e) {
                if (System.nanoTime() > end) {
                    throw new BrokerUnavailable(unavailable(now), e);
                }
                change(now);
                if (role.equals(now)) {
                    failures++;
                    long pause = PAUSES.pause(failures).toMillis();
                    Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1));
                }
            }
        }
    }

    private String unavailable(Role now) {
        String who = now instanceof Role.Client(RunFile there) ? "process " + there.pid() : "another process";
        return "The task store " + file + " is held by " + who + ", which does not answer: end that process, then"
                + " repeat.";
    }

    private static @Nullable Object callOwner(RunFile there, Method method, Object[] arguments)
            throws OwnerUnreachable {
        String target = StoreRpcServer.PATH + StoreOwner.name(method);
        Response response;
        try {
            response = LocalSocket.call(there.socket(), "POST", target, StoreRpcCodec.write(arguments), CALL_TIMEOUT);
        } catch (UncheckedIOException e) {
            throw new OwnerUnreachable(String.valueOf(e.getMessage()), e);
        }
        if (response.status() == 200) {
            return StoreRpcCodec.answer(method, response.body());
        }
        String sentence = StoreRpcCodec.field(response.body(), "message");
        switch (StoreRpcCodec.field(response.body(), "error")) {
            case "closing" -> throw new OwnerUnreachable(sentence, null);
            case "bad_call", "body_too_large" -> throw new IllegalArgumentException(sentence);
            case "failed" -> throw new IllegalStateException(sentence);
            default -> throw new BrokerUnavailable(sentence, null);
        }
    }

    /** Moves on from a side that failed, unless somebody did already. */
    private void change(Role failed) {
        changing.lock();
        try {
            if (role == failed) {
                role = connect();
            }
        } catch (StoreRefused e) {
            throw new BrokerUnavailable(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new BrokerUnavailable("The task store " + file + " cannot be shared: " + e.getMessage(), e);
        } finally {
            changing.unlock();
        }
    }

    private Role connect() throws IOException {
        StoreOwner owner;
        try {
            owner = StoreOwner.open(file, clock);
        } catch (StoreInUse e) {
            return RunFile.ofRunning(file).<Role>map(Role.Client::new).orElseGet(Role.Searching::new);
        }
        try {
            StoreRpcServer server = StoreRpcServer.start(file, owner);
            owner.onFatal(cause -> failed(server, cause));
            LOG.info("This process now holds the task store {}", file);
            return new Role.Owner(owner, server);
        } catch (IOException | RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    /** After a failed write nobody is served any more; the lock stays until this process ends. */
    private void failed(StoreRpcServer server, Throwable cause) {
        Thread.ofVirtual().start(server::close);
        fatalListeners.forEach(listener -> listener.accept(cause));
    }

    @Override
    public void onFatal(Consumer<Throwable> listener) {
        fatalListeners.add(listener);
    }

    boolean isOwner() {
        return role instanceof Role.Owner;
    }

    @Override
    public boolean remote() {
        return !isOwner();
    }

    @Override
    public void close() {
        changing.lock();
        try {
            Role last = role;
            role = new Role.Closed();
            if (last instanceof Role.Owner(StoreOwner owner, StoreRpcServer server)) {
                try (owner) {
                    server.close();
                }
            }
        } finally {
            changing.unlock();
        }
    }
}
