package bulwark.facts.recall;

import bulwark.facts.fact.Fact;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Adds facts to one open index in the order of their rows, and decides when readers see them and when they are on disk. */
final class IndexRefresher {
    // While recalls come, readers are kept close behind; else a refresh only makes small segments that are merged
    // again.
    private static final int SMALL_REFRESH_BATCH = 500;
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int LARGE_REFRESH_BATCH = 20_000;
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int COMMIT_FACTS = 50_000;
    private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final IndexFiles files;
    private final FactBatchReader pages;
    private final FactDocument document = new FactDocument();
    private long row;
    private long refreshedRow;
    private long committedRow;
    private long refreshed = System.nanoTime();
    private long committed = System.nanoTime();
    private long tidiedRow;
    private long quietSince = System.nanoTime();

    IndexRefresher(IndexFiles files, FactBatchReader pages, long startRow) {
        this.files = files;
        this.pages = pages;
        row = startRow;
        refreshedRow = startRow;
        committedRow = startRow;
    }

    /** Until the follower leaves this index; what was added is then on disk, unless the index is to be thrown away. */
    void follow(IndexUpdater follower) throws IOException {
        readTo(follower.committedRow(), follower);
        if (!follower.mustReopen()) {
            refresh(follower);
        }
        while (!follower.mustReopen()) {
            long target = follower.committedRow();
            List<Fact> facts = follower.next();
            for (Fact fact : facts) {
                add(fact, follower);
            }
            readTo(target, follower);
            refreshIfDue(follower, facts.isEmpty());
            commitIfDue();
            tidyIfQuiet(facts.isEmpty(), follower);
        }
        if (follower.stopped()) {
            commit();
        }
    }

    private void add(Fact fact, IndexUpdater follower) throws IOException {
        readTo(fact.rowId() - 1, follower);
        if (fact.rowId() > row) {
            write(fact);
            row = fact.rowId();
        }
    }

    private void readTo(long target, IndexUpdater follower) throws IOException {
        while (row < target && !follower.mustReopen()) {
            FactBatchReader.Page page = pages.after(row);
            if (page.atEnd(row)) {
                return;
            }
            for (Fact fact : page.facts()) {
                write(fact);
            }
            row = page.lastRow();
        }
    }

    private void write(Fact fact) throws IOException {
        if (FactDocument.indexed(fact)) {
            files.writer.addDocument(document.of(fact));
        }
    }

    private void refreshIfDue(IndexUpdater follower, boolean quiet) throws IOException {
        long pending = row - refreshedRow;
        long waited = System.nanoTime() - refreshed;
        boolean due = follower.hasWaiters()
                || pending >= LARGE_REFRESH_BATCH
                || (quiet && waited > LONG_NANOS)
                || (follower.hadRecentWaiters() && (pending >= SMALL_REFRESH_BATCH || waited > SHORT_NANOS));
        if (pending > 0 && due) {
            refresh(follower);
        }
    }

    private void refresh(IndexUpdater follower) throws IOException {
        files.searchers.maybeRefreshBlocking();
        refreshedRow = row;
        refreshed = System.nanoTime();
        follower.publishProgress(files, row);
    }

    /** A search asks each segment: while nothing comes, they become one. Readers see that no later than a second after. */
    private void tidyIfQuiet(boolean quiet, IndexUpdater follower) throws IOException {
        if (!quiet) {
            quietSince = System.nanoTime();
        } else if (System.nanoTime() - quietSince > LONG_NANOS && !follower.mustReopen()) {
            quietSince = System.nanoTime();
            if (tidiedRow < row) {
                files.mergeIfScattered();
                tidiedRow = row;
            } else if (!files.refreshSearchers()) {
                // In this order: to readers a commit is a change too.
                commit();
                refresh(follower);
            }
        }
    }

    private void commitIfDue() throws IOException {
        boolean due = row - committedRow >= COMMIT_FACTS || System.nanoTime() - committed > COMMIT_NANOS;
        if (row > committedRow && due) {
            commit();
        }
    }

    private void commit() throws IOException {
        IndexPosition position = pages.positionAt(row).orElse(IndexPosition.START);
        if (position.row() == row) {
            files.commit(position);
        }
        committedRow = row;
        committed = System.nanoTime();
    }
}
