package bulwark.tasks.embedded;

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
 * Holds the store when nobody else does, and asks the holder otherwise. When the holder does not answer, the one that asked tries to hold the store itself, else
 * looks for the new holder; what it asked for is asked again. The file lock alone decides who holds it. Thread-safe.
 */
final class SharedLink implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(SharedLink.class);
    private static final Duration GIVE_UP = Duration.ofSeconds(30);
    /** Longer than the longest poll. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final long FIRST_PAUSE_MS = 5;
    private static final long LONGEST_PAUSE_MS = 200;

    private final Path file;
    private final Clock clock;
    private final ReentrantLock changing = new ReentrantLock();
    private final List<Consumer<Throwable>> fatalListeners = new CopyOnWriteArrayList<>();
    private volatile Side side = new Side.Unknown();

    private sealed interface Side {
        record Holding(Holder holder, Serving serving) implements Side {}

        record Asking(RunFile there) implements Side {}

        /** Somebody holds it and has not said where to ask. */
        record Unknown() implements Side {}

        record Closed() implements Side {}
    }

    SharedLink(Path file, Clock clock) {
        this.file = file.toAbsolutePath().normalize();
        this.clock = clock;
    }

    @Override
    public @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        long end = System.nanoTime() + GIVE_UP.toNanos();
        long pause = FIRST_PAUSE_MS;
        while (true) {
            Side now = side;
            try {
                return switch (now) {
                    case Side.Holding(Holder holder, Serving _) -> holder.call(method, arguments);
                    case Side.Asking(RunFile there) -> ask(there, method, arguments);
                    case Side.Unknown _ ->
                        throw new Unreachable("the store's owner has not published its socket yet", null);
                    case Side.Closed _ -> throw new BrokerUnavailable("The task store is closed.", null);
                };
            } catch (Unreachable e) {
                if (System.nanoTime() > end) {
                    throw new BrokerUnavailable(unavailable(now), e);
                }
                change(now);
                if (side.equals(now)) {
                    Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1));
                    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
                }
            }
        }
    }

    private String unavailable(Side now) {
        String who = now instanceof Side.Asking(RunFile there) ? "process " + there.pid() : "another process";
        return "The task store " + file + " is held by " + who + ", which does not answer: end that process, then"
                + " repeat.";
    }

    private static @Nullable Object ask(RunFile there, Method method, Object[] arguments) throws Unreachable {
        String target = Serving.PATH + Holder.name(method);
        Response response;
        try {
            response = LocalSocket.call(there.socket(), "POST", target, Wire.write(arguments), PATIENCE);
        } catch (UncheckedIOException e) {
            throw new Unreachable(String.valueOf(e.getMessage()), e);
        }
        if (response.status() == 200) {
            return Wire.answer(method, response.body());
        }
        String sentence = Wire.field(response.body(), "message");
        switch (Wire.field(response.body(), "error")) {
            case "closing" -> throw new Unreachable(sentence, null);
            case "bad_call", "body_too_large" -> throw new IllegalArgumentException(sentence);
            case "failed" -> throw new IllegalStateException(sentence);
            default -> throw new BrokerUnavailable(sentence, null);
        }
    }

    /** Moves on from a side that failed, unless somebody did already. */
    private void change(Side failed) {
        changing.lock();
        try {
            if (side == failed) {
                side = connect();
            }
        } catch (StoreRefused e) {
            throw new BrokerUnavailable(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new BrokerUnavailable("The task store " + file + " cannot be shared: " + e.getMessage(), e);
        } finally {
            changing.unlock();
        }
    }

    private Side connect() throws IOException {
        Holder holder;
        try {
            holder = Holder.open(file, clock);
        } catch (StoreInUse e) {
            return RunFile.ofRunning(file).<Side>map(Side.Asking::new).orElseGet(Side.Unknown::new);
        }
        try {
            Serving serving = Serving.start(file, holder);
            holder.onFatal(cause -> failed(serving, cause));
            LOG.info("This process now holds the task store {}", file);
            return new Side.Holding(holder, serving);
        } catch (IOException | RuntimeException e) {
            holder.close();
            throw e;
        }
    }

    /** After a failed write nobody is served any more; the lock stays until this process ends. */
    private void failed(Serving serving, Throwable cause) {
        Thread.ofVirtual().start(serving::close);
        fatalListeners.forEach(listener -> listener.accept(cause));
    }

    @Override
    public void onFatal(Consumer<Throwable> listener) {
        fatalListeners.add(listener);
    }

    boolean holds() {
        return side instanceof Side.Holding;
    }

    @Override
    public boolean remote() {
        return !holds();
    }

    @Override
    public void close() {
        changing.lock();
        try {
            Side last = side;
            side = new Side.Closed();
            if (last instanceof Side.Holding(Holder holder, Serving serving)) {
                try (holder) {
                    serving.close();
                }
            }
        } finally {
            changing.unlock();
        }
    }
}
