package bulwark.tasks.worker;

import bulwark.kernel.concurrent.EssentialThread;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something done again and again on a platform thread, which tasks that occupy every processor cannot stop. It survives its failures. */
final class BackgroundLoop {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);

    private final String name;
    private final Step step;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread;

    @FunctionalInterface
    interface Step {
        /** @return how long to wait before the next one */
        Duration runOnce() throws InterruptedException;
    }

    BackgroundLoop(String name, Step step) {
        this.name = name;
        this.step = step;
        this.thread = EssentialThread.platform(name, this::run);
    }

    void start() {
        thread.start();
    }

    @Nullable
    String problem() {
        return thread.problem();
    }

    boolean stopping() {
        return stop.getCount() == 0;
    }

    void stop() {
        stop.countDown();
    }

    void join(long millis) throws InterruptedException {
        if (Thread.currentThread() != thread.thread()) {
            thread.thread().join(Math.max(1, millis));
        }
    }

    private void run() {
        while (!stopping()) {
            Duration pause = Duration.ofSeconds(1);
            try {
                pause = step.runOnce();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("{}: {}", name, e.getMessage() == null ? e.toString() : e.getMessage());
            }
            try {
                if (!pause.isZero() && stop.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
