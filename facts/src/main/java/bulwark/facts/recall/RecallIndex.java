package bulwark.facts.recall;

import static bulwark.web.ApiRefusal.Kind.UNAVAILABLE;

import bulwark.facts.fact.Fact;
import bulwark.facts.fact.FactListener;
import bulwark.kernel.storage.SqliteStore;
import bulwark.kernel.storage.WriteTx;
import bulwark.web.ApiRefusal;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Lucene index in {@code <store file>.index/}, made from the store and never trusted over it: an index that is missing,
 * damaged or of another history is rebuilt in the background, while recalls wait. Thread-safe.
 */
public final class RecallIndex implements FactListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecallIndex.class);
    private static final Duration CATCH_UP_TIMEOUT = Duration.ofSeconds(5);

    private final Analyzer queries = RecallAnalyzer.queryAnalyzer();
    private final IndexUpdater follower;

    private RecallIndex(SqliteStore store) {
        Path file = store.file();
        Path folder = file.resolveSibling(file.getFileName() + ".index");
        follower = new IndexUpdater(folder, new FactBatchReader(store), RecallAnalyzer.analyzer());
    }

    /** Of everything that the store has and gets; recalls wait until {@link #start}. */
    public static RecallIndex of(SqliteStore store) {
        return new RecallIndex(store);
    }

    /** Opens the index and follows the store on threads of its own. Returns at once. */
    public void start() {
        follower.start();
    }

    @Override
    public void inserted(WriteTx tx, Fact fact) {
        tx.afterCommit(() -> follower.committed(fact));
    }

    /** Asks the index something. */
    @FunctionalInterface
    interface Job<T> {
        T run(IndexSearcher searcher) throws IOException, SQLException;
    }

    /**
     * Waits until every fact that was acknowledged before this call can be found.
     *
     * @throws ApiRefusal {@code recall_index_busy} when that takes longer than five seconds
     */
    void awaitCurrent() {
        if (!follower.await(CATCH_UP_TIMEOUT)) {
            String message = "the search index is being rebuilt; retry shortly";
            throw new ApiRefusal(UNAVAILABLE, "recall_index_busy", message);
        }
    }

    /** One state of the index. Damage that shows here starts a new index; the caller sees {@link IndexDamaged}. */
    <T> T search(Job<T> job) throws SQLException {
        IndexFiles files = follower.files();
        IndexSearcher searcher = null;
        try {
            searcher = files.searchers.acquire();
            return job.run(searcher);
        } catch (AlreadyClosedException e) {
            throw new IndexDamaged(e);
        } catch (IOException | IndexOutOfBoundsException | IllegalStateException | IllegalArgumentException e) {
            follower.rebuild("a search failed: " + e);
            throw new IndexDamaged(e);
        } finally {
            release(files, searcher);
        }
    }

    private static void release(IndexFiles files, @Nullable IndexSearcher searcher) {
        try {
            if (searcher != null) {
                files.searchers.release(searcher);
            }
        } catch (IOException e) {
            LOG.warn("could not release a reader of the search index", e);
        }
    }

    List<QueryWord> words(String query) {
        return RecallAnalyzer.wordsOfQuery(queries, query);
    }

    /** Number of times that the index was rebuilt in this process. */
    long rebuilds() {
        return follower.rebuilds();
    }

    /** Commits, so that the next start follows from here. */
    @Override
    public void close() {
        follower.close();
    }

    /** The index could not answer, and a new one is on its way. */
    static final class IndexDamaged extends RuntimeException {
        IndexDamaged(Throwable cause) {
            super("the search index is damaged", cause, false, false);
        }
    }
}
