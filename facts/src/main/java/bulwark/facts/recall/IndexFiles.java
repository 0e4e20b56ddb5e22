package bulwark.facts.recall;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/** The index on disk while it is open: one writer, and readers that see what was written at their last refresh. */
final class IndexFiles implements AutoCloseable {
    // Lucene advises to add an incubating module for vectors, which are not used here. Held, or the level would be
    // forgotten.
    private static final Logger VECTOR_ADVICE =
            Logger.getLogger("org.apache.lucene.internal.vectorization.VectorizationProvider");

    private static final CoverageSimilarity SIMILARITY = new CoverageSimilarity();

    final SealedDirectory directory;
    final IndexWriter writer;
    final SearcherManager searchers;

    private IndexFiles(SealedDirectory directory, IndexWriter writer, SearcherManager searchers) {
        this.directory = directory;
        this.writer = writer;
        this.searchers = searchers;
    }

    /** @throws IOException (or a runtime exception of Lucene's) when the files are damaged, in use, or not those that were sealed */
    static IndexFiles open(Path folder, Analyzer analyzer, IndexSeal seal) throws IOException {
        VECTOR_ADVICE.setLevel(Level.SEVERE);
        OwnerOnlyFiles.createDirectories(folder);
        SealedDirectory directory = new SealedDirectory(folder, seal);
        IndexWriter writer = null;
        try {
            writer = new IndexWriter(directory, configuration(analyzer));
            return new IndexFiles(directory, writer, new SearcherManager(writer, new Searchers()));
        } catch (IOException | RuntimeException e) {
            // Damage often shows only here, when the writer holds the lock already.
            IOUtils.closeWhileHandlingException(writer == null ? null : writer::rollback, directory);
            throw e;
        }
    }

    /** Removes every file of the index. */
    static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (var files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static IndexWriterConfig configuration(Analyzer analyzer) {
        ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
        merges.setMaxMergesAndThreads(4, 1);
        // This policy merges neighbours only: documents keep the order of the store, which the check relies on.
        LogByteSizeMergePolicy order = new LogByteSizeMergePolicy();
        return new IndexWriterConfig(analyzer)
                .setOpenMode(OpenMode.CREATE_OR_APPEND)
                .setRAMBufferSizeMB(16)
                .setSimilarity(SIMILARITY)
                .setMergeScheduler(merges)
                .setMergePolicy(order)
                // A refresh must not wait for merges: somebody waits for the refresh.
                .setMaxFullFlushMergeWaitMillis(0)
                .setCommitOnClose(false);
    }

    /** Empty when it cannot be told. */
    Optional<IndexPosition> position() {
        Map<String, String> data = new HashMap<>();
        Iterable<Map.@Nullable Entry<String, String>> committed = writer.getLiveCommitData();
        if (committed != null) {
            committed.forEach(entry -> {
                if (entry != null) {
                    data.put(entry.getKey(), entry.getValue());
                }
            });
        }
        boolean fresh = data.isEmpty() && writer.getDocStats().maxDoc == 0;
        return fresh ? Optional.of(IndexPosition.START) : IndexPosition.of(data);
    }

    /** Begins to make one segment of all, unless nine tenths are in one: with small writes everything would be rewritten each time. */
    void mergeIfScattered() throws IOException {
        try (IndexReader reader = DirectoryReader.open(writer)) {
            int largest = reader.leaves().stream()
                    .mapToInt(leaf -> leaf.reader().maxDoc())
                    .max()
                    .orElse(0);
            if (10L * largest < 9L * reader.maxDoc()) {
                writer.forceMerge(1, false);
            }
        }
    }

    /** Whether readers see the index as it is. */
    boolean refreshSearchers() throws IOException {
        IndexSearcher searcher = searchers.acquire();
        try {
            return ((DirectoryReader) searcher.getIndexReader()).isCurrent();
        } finally {
            searchers.release(searcher);
        }
    }

    void commit(IndexPosition position) throws IOException {
        writer.setLiveCommitData(position.commitData().entrySet());
        writer.commit();
        directory.sealCommitted();
    }

    /** Drops what was not committed. */
    @Override
    public void close() throws IOException {
        IOUtils.close(searchers, writer::rollback, directory);
    }

    private static final class Searchers extends SearcherFactory {
        @Override
        public IndexSearcher newSearcher(IndexReader reader, @Nullable IndexReader previous) {
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.setSimilarity(SIMILARITY);
            // Results change with every refresh: a cache of filters would only cost.
            searcher.setQueryCache(null);
            return searcher;
        }
    }
}
