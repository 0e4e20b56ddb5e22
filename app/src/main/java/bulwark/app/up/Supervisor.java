package bulwark.app.up;

import bulwark.kernel.concurrent.Backoff;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Keeps children running, each for itself: one that ends unasked is started again after a pause that doubles from failure to failure up to five minutes, and the others go on. A child
 * that then stays up for ten minutes counts as well again. Every end and every start is reported.
 */
final class Supervisor implements AutoCloseable {
    static final Backoff PAUSES = new Backoff(Duration.ofMillis(500), Duration.ofMinutes(5));
    private static final Duration STABLE_AFTER = Duration.ofMinutes(10);

    private final Backoff pauses;
    private final PrintStream out;
    private final List<Watched> children = new CopyOnWriteArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private final AtomicBoolean stopping = new AtomicBoolean();

    Supervisor(Backoff pauses, PrintStream out) {
        this.pauses = pauses;
        this.out = out;
    }

    /** How a child is started, the first time and every further one. */
    interface Starter {
        ChildProcess start() throws IOException;
    }

    /** When a child counts as started; it may end while it is asked. */
    interface Readiness {
        boolean await(ChildProcess child) throws IOException, InterruptedException;
    }

    /**
     * Starts a child; {@link #awaitReady} says when it is there.
     *
     * @param advice what an operator can do when it keeps failing
     */
    void add(String name, Starter starter, Readiness readiness, String advice) throws IOException {
        Watched watched = new Watched(name, starter, readiness, advice, starter.start());
        children.add(watched);
        if (stopping.get()) {
            watched.child.close();
        }
    }

    /**
     * Waits until every child was ready or failed to become so, and watches over them from then on; one that failed is restarted like any other.
     *
     * @throws CommandFailed when not one of them became ready
     */
    void awaitReady() throws IOException, InterruptedException {
        for (Watched watched : children) {
            if (watched.asked) {
                continue;
            }
            watched.ready = watched.readiness.await(watched.child);
            if (!watched.ready) {
                watched.child.close();
            }
            watched.asked = true;
        }
        if (children.stream().noneMatch(watched -> watched.ready) && !stopping.get()) {
            throw new CommandFailed("nothing started: neither the "
                    + children.stream().map(watched -> watched.name).collect(Collectors.joining(" nor the "))
                    + "; see their logs above");
        }
        for (Watched watched : children) {
            if (!watched.watching) {
                watched.watching = true;
                EssentialThread.virtual("watch over " + watched.name, () -> watch(watched))
                        .start();
            }
        }
    }

    private void watch(Watched watched) {
        try {
            while (!stopping.get()) {
                int code = watched.child.awaitEnd();
                if (stopping.get() || holdBack(watched, "ended with code " + code)) {
                    return;
                }
                while (!restart(watched)) {
                    if (holdBack(watched, "could not be started")) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return true when the supervisor stops meanwhile */
    private boolean holdBack(Watched watched, String what) throws InterruptedException {
        if (System.nanoTime() - watched.startedNanos > STABLE_AFTER.toNanos()) {
            watched.failures = 0;
        }
        watched.failures++;
        Duration pause = pauses.pause(watched.failures);
        say("the " + watched.name + " " + what + " (failure " + watched.failures + " in a row); restarting it in "
                + shown(pause) + "; everything else keeps running."
                + (watched.failures > 1 ? " " + watched.advice : ""));
        return stopAsked.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static String shown(Duration pause) {
        return pause.toMillis() < 10_000 ? pause.toMillis() + " ms" : pause.toSeconds() + " s";
    }

    /** @return false when there is no new child to watch */
    private boolean restart(Watched watched) throws InterruptedException {
        if (stopping.get()) {
            return true;
        }
        try {
            ChildProcess child = watched.starter.start();
            watched.child = child;
            watched.startedNanos = System.nanoTime();
            if (stopping.get()) {
                child.close();
            } else if (watched.readiness.await(child)) {
                say("the " + watched.name + " restarted");
            } else {
                child.close(); // seen by the watch, which counts it as another end
            }
            return true;
        } catch (IOException e) {
            say("the " + watched.name + " cannot be started: " + e.getMessage());
            return false;
        }
    }

    private void say(String sentence) {
        out.println("up | " + sentence);
    }

    /** Returns after {@link #close}, by whichever thread. */
    void awaitStopped() throws InterruptedException {
        stopped.await();
    }

    /** Stops the children, the last started first: what depends on others goes before them. */
    @Override
    public void close() {
        if (stopping.getAndSet(true)) {
            return;
        }
        stopAsked.countDown();
        for (Watched watched : children.reversed()) {
            watched.child.close();
        }
        stopped.countDown();
    }

    private static final class Watched {
        final String name;
        final Starter starter;
        final Readiness readiness;
        final String advice;
        volatile ChildProcess child;
        volatile long startedNanos = System.nanoTime();
        int failures;
        boolean asked;
        boolean ready;
        boolean watching;

        Watched(String name, Starter starter, Readiness readiness, String advice, ChildProcess child) {
            this.name = name;
            this.starter = starter;
            this.readiness = readiness;
            this.advice = advice;
            this.child = child;
        }
    }
}
