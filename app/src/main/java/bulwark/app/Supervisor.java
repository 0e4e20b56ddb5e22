package bulwark.app;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps children running: one that ends unasked is started again, each time after twice as long, at most {@value #MOST_RESTARTS} times within ten minutes. Then everything is
 * stopped, because something is wrong that another start does not mend.
 */
final class Supervisor implements AutoCloseable {
    static final int MOST_RESTARTS = 5;
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    private final List<Watched> children = new CopyOnWriteArrayList<>();
    private final CompletableFuture<@Nullable String> ended = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** How a child is started, the first time and every further one. */
    interface Starter {
        Child start() throws IOException;
    }

    /** When a child counts as started; it may end while it is asked. */
    interface Readiness {
        boolean await(Child child) throws IOException, InterruptedException;
    }

    /**
     * Starts a child; {@link #awaitReady} says when it is there.
     *
     * @param advice what to do when it cannot be kept running
     */
    void add(String name, Starter starter, Readiness readiness, String advice) throws IOException {
        Watched watched = new Watched(name, starter, readiness, advice, starter.start());
        children.add(watched);
        if (stopping.get()) {
            watched.child.close();
        }
    }

    /** Waits until every child is ready, and watches over them from then on. @throws CommandFailed when one is not */
    void awaitReady() throws IOException, InterruptedException {
        for (Watched watched : children) {
            if (watched.ready) {
                continue;
            }
            if (!watched.readiness.await(watched.child) && !stopping.get()) {
                throw new CommandFailed("the " + watched.name + " did not start; its own words are above");
            }
            watched.ready = true;
            Thread.ofVirtual().name("watch over " + watched.name).start(() -> watch(watched));
        }
    }

    private void watch(Watched watched) {
        try {
            while (!stopping.get()) {
                int code = watched.child.awaitEnd();
                if (stopping.get()) {
                    return;
                }
                Duration pause = watched.pause();
                if (pause == null) {
                    ended.complete("the " + watched.name + " ended with code " + code + " after " + MOST_RESTARTS
                            + " restarts within ten minutes; its own words are above. " + watched.advice);
                    return;
                }
                System.err.println("up | the " + watched.name + " ended with code " + code + "; starting it again in "
                        + pause.toMillis() + " ms");
                Thread.sleep(pause);
                restart(watched);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void restart(Watched watched) throws InterruptedException {
        if (stopping.get()) {
            return;
        }
        try {
            Child child = watched.starter.start();
            watched.child = child;
            if (stopping.get()) {
                child.close();
            } else if (watched.readiness.await(child)) {
                System.err.println("up | the " + watched.name + " is back");
            } else {
                child.close(); // seen by the watch, which counts it as another end
            }
        } catch (IOException e) {
            System.err.println("up | the " + watched.name + " cannot be started: " + e.getMessage());
        }
    }

    /** @return null after an orderly stop, else why everything was stopped */
    @Nullable
    String awaitEnd() throws InterruptedException {
        try {
            return ended.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stops the children, the last started first: what depends on others goes before them. */
    @Override
    public void close() {
        if (stopping.getAndSet(true)) {
            return;
        }
        for (Watched watched : children.reversed()) {
            watched.child.close();
        }
        ended.complete(null);
    }

    private static final class Watched {
        final String name;
        final Starter starter;
        final Readiness readiness;
        final String advice;
        final Deque<Long> restarts = new ArrayDeque<>();
        volatile Child child;
        boolean ready;

        Watched(String name, Starter starter, Readiness readiness, String advice, Child child) {
            this.name = name;
            this.starter = starter;
            this.readiness = readiness;
            this.advice = advice;
            this.child = child;
        }

        /** How long to wait before the next start; null when there were too many. */
        @Nullable
        Duration pause() {
            long now = System.nanoTime();
            while (!restarts.isEmpty() && now - restarts.peekFirst() > WINDOW.toNanos()) {
                restarts.removeFirst();
            }
            if (restarts.size() >= MOST_RESTARTS) {
                return null;
            }
            restarts.addLast(now);
            return FIRST_PAUSE.multipliedBy(1L << (restarts.size() - 1));
        }
    }
}
