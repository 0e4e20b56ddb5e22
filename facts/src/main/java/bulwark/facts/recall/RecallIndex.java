package bulwark.facts.recall;

import static bulwark.web.ApiRefusal.Kind.UNAVAILABLE;

import bulwark.facts.fact.Fact;
import bulwark.facts.fact.FactListener;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.SqliteStore;
import bulwark.kernel.storage.WriteTx;
import bulwark.web.ApiRefusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.NoLockFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Lucene index in {@code <store file>.index/}, made from the store and never trusted over it: an index that is missing,
 * damaged, of another history, or not the one that this node wrote ({@link IndexSeal}) is rebuilt in the background, while recalls wait.
 * Thread-safe.
 */
public final class RecallIndex implements FactListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecallIndex.class);
    private static final Duration CATCH_UP_TIMEOUT = Duration.ofSeconds(5);

    private final Analyzer queries = RecallAnalyzer.queryAnalyzer();
    private final IndexUpdater follower;

    private RecallIndex(IndexUpdater follower) {
        this.follower = follower;
    }

    /**
     * Of everything that the store has and gets; recalls wait until {@link #start}.
     *
     * @param keyFolder of the store, where the seal of the index lies
     * @param storeId as the store's signed heads name it
     * @param onRebuild told the reason whenever the index is made anew
     */
    public static RecallIndex of(
            SqliteStore store, Path keyFolder, LogKeys keys, String storeId, Clock clock, Consumer<String> onRebuild) {
        IndexSeal seal = new IndexSeal(keyFolder, keys, storeId, clock);
        return new RecallIndex(new IndexUpdater(
                folder(store.file()), new FactBatchReader(store), RecallAnalyzer.analyzer(), seal, onRebuild));
    }

    private static Path folder(Path store) {
        return store.resolveSibling(store.getFileName() + ".index");
    }

    /**
     * Compares the files of a store's index with their seal, also beside the node that writes them. Changes nothing. An index that has no
     * seal yet is none of this node's, and is made anew when the node starts.
     *
     * @return problems, one sentence each
     */
    public static List<String> fsck(Path store, Path keyFolder, Signing signing) throws IOException {
        IndexSeal seal = new IndexSeal(
                keyFolder,
                LogKeys.verifyOnly(keyFolder, signing),
                StoreCheck.storeIdOf(keyFolder).orElse(""),
                Clock.systemUTC());
        Path folder = folder(store);
        String found = null;
        if (Files.isDirectory(folder) && seal.exists()) {
            // A commit meanwhile changes both.
            for (int attempt = 0; attempt < 3; attempt++) {
                found = problem(folder, seal);
                if (found == null) {
                    break;
                }
            }
        }
        return found == null ? List.of() : List.of(found + ": the next start makes it anew from the facts");
    }

    private static @Nullable String problem(Path folder, IndexSeal seal) throws IOException {
        try (Directory directory = new NIOFSDirectory(folder, NoLockFactory.INSTANCE)) {
            SealedDirectory.verified(directory, folder, seal);
            return null;
        } catch (SealedDirectory.ForeignIndexFiles e) {
            return e.getMessage();
        }
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

    /** What the re-scan does at an interval. */
    void checkFiles() {
        follower.checkFiles(() -> {});
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
