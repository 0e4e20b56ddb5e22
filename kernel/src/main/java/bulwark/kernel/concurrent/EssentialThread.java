package bulwark.kernel.concurrent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that the process cannot do without. When its work throws, whatever it throws, the work is logged as failed and begun again after a pause; until it has then run undisturbed
 * for a minute, {@link #problem} says so, for health checks. It ends when its work returns. Work keeps what must survive in fields, not in local variables. Thread-safe.
 */
public final class EssentialThread {
    private static final Logger LOG = LoggerFactory.getLogger(EssentialThread.class);
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));
    private static final long UNDISTURBED_NANOS = Duration.ofMinutes(1).toNanos();

    /** Those whose work has not returned. */
    private static final Set<EssentialThread> RUNNING = ConcurrentHashMap.newKeySet();

    private final String name;
    private final Runnable work;
    private final Thread thread;
    private volatile int failures;
    private volatile long failedAtNanos;
    private volatile String failure = "";

    private EssentialThread(String name, Thread.Builder builder, Runnable work) {
        this.name = name;
        this.work = work;
        this.thread = builder.name(name).unstarted(this::run);
    }

    /** A daemon on a platform thread: work that keeps every carrier of virtual threads busy cannot stop it. */
    public static EssentialThread platform(String name, Runnable work) {
        return new EssentialThread(name, Thread.ofPlatform().daemon(), work);
    }

    public static EssentialThread virtual(String name, Runnable work) {
        return new EssentialThread(name, Thread.ofVirtual(), work);
    }

    public EssentialThread start() {
        thread.start();
        return this;
    }

    /** Waits until the work has returned, if it was begun; at most until the time is over, which is logged, or the caller is interrupted. */
    public void awaitEnd(Duration timeout) {
        try {
            if (thread.getState() != Thread.State.NEW && !thread.join(timeout)) {
                LOG.warn("The thread {} did not stop within {} seconds.", name, timeout.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public Thread thread() {
        return thread;
    }

    /** A sentence while its work has been failing; null when all is well. */
    public @Nullable String problem() {
        return failures == 0 || System.nanoTime() - failedAtNanos > UNDISTURBED_NANOS
                ? null
                : "The thread " + name + " failed " + failures + " times in a row and was restarted (" + failure + ").";
    }

    /** The {@link #problem problems} of all of this process, for its health check. */
    public static List<String> problems() {
        List<String> found = List.of();
        for (EssentialThread thread : RUNNING) {
            String problem = thread.problem();
            if (problem != null) {
                found = found.isEmpty() ? new ArrayList<>() : found;
                found.add(problem);
            }
        }
        return found;
    }

    private void run() {
        RUNNING.add(this);
        while (true) {
            try {
                work.run();
                RUNNING.remove(this);
                return;
            } catch (Throwable e) {
                failed(e);
            }
            // Not sleep: an interrupt belongs to the work, which begins again and sees it.
            LockSupport.parkNanos(PAUSES.pause(failures).toNanos());
        }
    }

    private void failed(Throwable e) {
        long now = System.nanoTime();
        failures = problem() == null ? 1 : failures + 1;
        failedAtNanos = now;
        failure = e.getClass().getSimpleName();
        try {
            LOG.error("The thread {} failed and is restarted.", name, e);
        } catch (Throwable unloggable) {
            // Out of memory, most likely: the problem above still says it.
            failure = e.getClass().getSimpleName() + ", which could not be logged";
        }
    }
}
