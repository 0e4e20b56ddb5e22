package bulwark.gateway.route;

import bulwark.kernel.concurrent.EssentialThread;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the newest snapshot behind the changes: of many that come while one is being written, only the last one is. */
final class SnapshotWriter implements AutoCloseable {
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotWriter.class);

    private final RouteSnapshotFile file;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition offered = lock.newCondition();
    private final EssentialThread thread;
    private RouteSnapshotFile.@Nullable Content waiting;
    private boolean closed;
    private volatile @Nullable String problem;

    SnapshotWriter(RouteSnapshotFile file) {
        this.file = file;
        this.thread = EssentialThread.virtual("route-snapshots", this::run);
        thread.start();
    }

    void offer(RouteSnapshotFile.Content content) {
        lock.lock();
        try {
            waiting = content;
            offered.signal();
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    String problem() {
        return problem;
    }

    private void run() {
        for (RouteSnapshotFile.Content next = take(); next != null; next = take()) {
            try {
                file.write(next);
                problem = null;
            } catch (IOException | RuntimeException e) {
                problem = "the snapshot of the routes cannot be written (" + e.getMessage() + ")";
                LOG.error("The snapshot of the routes, generation {}, cannot be written", next.generation(), e);
            }
        }
    }

    private RouteSnapshotFile.@Nullable Content take() {
        lock.lock();
        try {
            while (waiting == null && !closed) {
                offered.awaitUninterruptibly();
            }
            RouteSnapshotFile.Content next = waiting;
            waiting = null;
            return next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            offered.signal();
        } finally {
            lock.unlock();
        }
        thread.awaitEnd(MAX_WAIT);
    }
}
