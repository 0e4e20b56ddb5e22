package bulwark.facts.recall;

import bulwark.facts.fact.Fact;
import bulwark.kernel.concurrent.EssentialThread;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares an index that was found on disk with the store, fact by fact, once, slowly, in the background: checksums of the
 * files, then row, id and CID of every document. From then on it compares the files with what was written into them, at an interval.
 * A difference means a new index.
 */
final class IndexCheck {
    private static final Logger LOG = LoggerFactory.getLogger(IndexCheck.class);
    private static final long PAUSE_NANOS = 2_000_000;
    private static final Duration INTERVAL = Duration.ofMinutes(10);

    private final IndexFiles files;
    private final FactBatchReader pages;
    private final IndexUpdater follower;
    private final CountDownLatch stop = new CountDownLatch(1);
    private @Nullable EssentialThread thread;

    IndexCheck(IndexFiles files, FactBatchReader pages, IndexUpdater follower) {
        this.files = files;
        this.pages = pages;
        this.follower = follower;
    }

    /** @param lastRow of the facts that the index was found with, 0 for a new one */
    void start(long lastRow) {
        EssentialThread background = EssentialThread.platform("recall-check", () -> run(lastRow));
        background.thread().setPriority(Thread.MIN_PRIORITY);
        thread = background;
        background.start();
    }

    /** Returns once the files are no longer read. */
    void stop() {
        stop.countDown();
        EssentialThread running = thread;
        if (running != null) {
            running.awaitEnd(Duration.ofSeconds(10));
        }
    }

    private boolean stopped() {
        return stop.getCount() == 0;
    }

    private boolean stopped(Duration wait) {
        try {
            return stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void run(long lastRow) {
        if (lastRow > 0) {
            compareWithStore(lastRow);
        }
        while (!stopped(INTERVAL)) {
            compareFiles(() -> LockSupport.parkNanos(PAUSE_NANOS));
        }
    }

    /** @param pause called between files */
    void compareFiles(Runnable pause) {
        try {
            String mismatch = files.directory.mismatch(pause, this::stopped);
            if (mismatch != null) {
                follower.rebuild(mismatch);
            }
        } catch (IOException e) {
            LOG.warn(
                    "the files of the search index could not be compared; they are again in ten minutes: {}",
                    e.getMessage());
        }
    }

    private void compareWithStore(long lastRow) {
        try {
            IndexSearcher searcher = files.searchers.acquire();
            try {
                compare(searcher.getIndexReader().leaves(), lastRow);
            } finally {
                files.searchers.release(searcher);
            }
        } catch (AlreadyClosedException | FactBatchReader.Unreadable e) {
            LOG.debug("the check of the search index ended early: {}", e.getMessage());
        } catch (IOException | RuntimeException e) {
            if (!stopped()) {
                follower.rebuild("its check failed: " + e);
            }
        }
    }

    private void compare(List<LeafReaderContext> leaves, long lastRow) throws IOException {
        for (LeafReaderContext leaf : leaves) {
            leaf.reader().checkIntegrity();
        }
        Documents documents = new Documents(leaves);
        long row = 0;
        while (row < lastRow && !stopped()) {
            FactBatchReader.Page page = pages.after(row);
            if (page.atEnd(row)) {
                break;
            }
            compare(page, row, lastRow, documents);
            row = page.lastRow();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (!stopped() && documents.row() <= lastRow) {
            throw new IOException("documents that no fact explains");
        }
    }

    private static void compare(FactBatchReader.Page page, long after, long lastRow, Documents documents)
            throws IOException {
        Map<Long, Fact> expected = new HashMap<>();
        for (Fact fact : page.facts()) {
            if (FactDocument.indexed(fact) && fact.rowId() <= lastRow) {
                expected.put(fact.rowId(), fact);
            }
        }
        boolean factsLeftOut = page.facts().size() < page.lastRow() - after;
        for (long row = documents.row(); row <= Math.min(page.lastRow(), lastRow); row = documents.row()) {
            Fact fact = expected.remove(row);
            if (fact == null ? !factsLeftOut : !documents.is(fact)) {
                throw new IOException("the document of row " + row + " differs from the store");
            }
            documents.next();
        }
        if (!expected.isEmpty()) {
            throw new IOException(expected.size() + " facts are missing after row " + after);
        }
    }

    /** All documents in order; row is the largest number after the last. */
    private static final class Documents {
        private final List<LeafReaderContext> leaves;
        private int leaf = -1;
        private int document = -1;
        private int end;
        private NumericDocValues rows;
        private BinaryDocValues ids;
        private BinaryDocValues cids;
        private long row;

        Documents(List<LeafReaderContext> leaves) throws IOException {
            this.leaves = leaves;
            rows = DocValues.emptyNumeric();
            ids = DocValues.emptyBinary();
            cids = DocValues.emptyBinary();
            next();
        }

        long row() {
            return row;
        }

        boolean is(Fact fact) throws IOException {
            return IndexValues.textAt(ids, document).equals(fact.id())
                    && IndexValues.textAt(cids, document).equals(fact.cid());
        }

        void next() throws IOException {
            document++;
            while (document >= end) {
                leaf++;
                if (leaf >= leaves.size()) {
                    row = Long.MAX_VALUE;
                    return;
                }
                LeafReader reader = leaves.get(leaf).reader();
                document = 0;
                end = reader.maxDoc();
                rows = IndexValues.number(reader, FactDocument.ROW);
                ids = IndexValues.bytes(reader, FactDocument.ID);
                cids = IndexValues.bytes(reader, FactDocument.CID);
            }
            row = IndexValues.at(rows, document);
        }
    }
}
