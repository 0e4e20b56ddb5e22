package bulwark.facts.recall;

import bulwark.facts.fact.Fact;
import bulwark.kernel.concurrent.Backoff;
import bulwark.kernel.concurrent.EssentialThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that brings facts from the store into the index. Committed facts are handed over in memory; whatever was not
 * handed over (before this process, or more than the queue holds) is read from the store. Nobody waiting: works in batches.
 */
final class IndexUpdater implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexUpdater.class);
    private static final int QUEUE = 4096;
    private static final int BATCH = 128;
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Backoff PAUSES = new Backoff(Duration.ofNanos(IDLE_NANOS), Duration.ofSeconds(30));

    private static final long RECENT_WAITER_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Path folder;
    private final FactBatchReader pages;
    private final Analyzer analyzer;
    private final IndexSeal seal;
    private final Consumer<String> onRebuild;
    private final EssentialThread thread = EssentialThread.platform("recall-index", this::run);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition progress = lock.newCondition();
    private final ArrayDeque<Fact> queue = new ArrayDeque<>();
    private volatile long committed;
    private volatile @Nullable IndexFiles files;
    private long searchable = -1;
    private int waiting;
    private long lastWanted = System.nanoTime() - RECENT_WAITER_TIMEOUT_NANOS;
    private boolean closed;
    private @Nullable String rebuildReason;
    private volatile long rebuilds;

    /** @param onRebuild told the reason whenever the index is thrown away, on the thread of the index */
    IndexUpdater(Path folder, FactBatchReader pages, Analyzer analyzer, IndexSeal seal, Consumer<String> onRebuild) {
        this.folder = folder;
        this.pages = pages;
        this.analyzer = analyzer;
        this.seal = seal;
        this.onRebuild = onRebuild;
        committed = pages.lastRow();
    }

    void start() {
        thread.start();
    }

    /** On the writer thread of the store, in order. */
    void committed(Fact fact) {
        lock.lock();
        try {
            committed = fact.rowId();
            if (queue.size() < QUEUE) {
                queue.add(fact);
            }
            if (queue.size() % BATCH == 0) {
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** True when everything committed before the call can be found. */
    boolean await(Duration patience) {
        long target = committed;
        long left = patience.toNanos();
        lock.lock();
        try {
            waiting++;
            lastWanted = System.nanoTime();
            while (searchable < target && left > 0 && !closed) {
                work.signal();
                left = progress.awaitNanos(left);
            }
            return searchable >= target;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    IndexFiles files() {
        IndexFiles open = files;
        if (open == null) {
            throw new AlreadyClosedException("the search index is not open");
        }
        return open;
    }

    void rebuild(String reason) {
        lock.lock();
        try {
            rebuildReason = reason;
            searchable = -1;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Compares the files of the open index with what was written into them. Another index is made when they differ. */
    void checkFiles(Runnable pause) {
        IndexFiles open = files;
        if (open != null) {
            new IndexCheck(open, pages, this).compareFiles(pause);
        }
    }

    long rebuilds() {
        return rebuilds;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
        thread.awaitEnd(Duration.ofSeconds(30));
    }

    private void run() {
        int failures = 0;
        while (!stopped()) {
            try {
                follow();
                failures = 0;
            } catch (FactBatchReader.Unreadable e) {
                LOG.warn("the search index cannot read the store: {}", e.getMessage());
                pause(++failures);
            } catch (SealedDirectory.ForeignIndexFiles e) {
                rebuild(String.valueOf(e.getMessage()));
                pause(++failures);
            } catch (IOException | RuntimeException e) {
                rebuild(String.valueOf(e));
                pause(++failures);
            }
        }
    }

    private void follow() throws IOException {
        deleteIfAsked();
        try (IndexFiles open = IndexFiles.open(folder, analyzer, seal)) {
            Optional<IndexPosition> start = open.position().filter(this::isOfThisStore);
            if (start.isEmpty()) {
                throw new IOException("the index does not match the store");
            }
            IndexCheck check = new IndexCheck(open, pages, this);
            try {
                check.start(start.get().row());
                new IndexRefresher(open, pages, start.get().row()).follow(this);
            } finally {
                files = null;
                check.stop();
            }
        }
    }

    private boolean isOfThisStore(IndexPosition position) {
        return pages.positionAt(position.row()).filter(position::equals).isPresent();
    }

    private void deleteIfAsked() throws IOException {
        String reason = takeRebuildReason();
        if (reason != null) {
            rebuilds++;
            LOG.warn("making the search index anew: {}", reason);
            IndexFiles.delete(folder);
            onRebuild.accept(reason);
        }
    }

    private @Nullable String takeRebuildReason() {
        lock.lock();
        try {
            String reason = rebuildReason;
            rebuildReason = null;
            return reason;
        } finally {
            lock.unlock();
        }
    }

    long committedRow() {
        return committed;
    }

    boolean hasWaiters() {
        lock.lock();
        try {
            return waiting > 0;
        } finally {
            lock.unlock();
        }
    }

    boolean hadRecentWaiters() {
        lock.lock();
        try {
            return System.nanoTime() - lastWanted < RECENT_WAITER_TIMEOUT_NANOS;
        } finally {
            lock.unlock();
        }
    }

    boolean stopped() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** This state of the index must be left. */
    boolean mustReopen() {
        lock.lock();
        try {
            return closed || rebuildReason != null;
        } finally {
            lock.unlock();
        }
    }

    /** Readers see the facts up to here. */
    void publishProgress(IndexFiles open, long row) {
        lock.lock();
        try {
            files = open;
            searchable = rebuildReason == null ? row : -1;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What was handed over since the last call, after a short wait when nobody is in a hurry. */
    List<Fact> next() {
        lock.lock();
        try {
            if (waiting == 0 && queue.size() < BATCH && rebuildReason == null && !closed) {
                long ignored = work.awaitNanos(IDLE_NANOS);
            }
            List<Fact> facts = new ArrayList<>(queue);
            queue.clear();
            return facts;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private void pause(int failures) {
        long left = PAUSES.pause(failures).toNanos();
        lock.lock();
        try {
            while (!closed && left > 0) {
                left = work.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            closed = true;
        } finally {
            lock.unlock();
        }
    }
}
