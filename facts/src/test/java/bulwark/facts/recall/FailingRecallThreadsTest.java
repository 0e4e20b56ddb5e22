package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.concurrent.EssentialThread;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.DelegatingAnalyzerWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An Error ends neither the index nor the log of recalls: their work begins again, and health says that it failed. */
@Timeout(90)
class FailingRecallThreadsTest {
    @TempDir
    Path folder;

    /** Fails with an Error the first time. */
    private static final class FailingAnalyzer extends DelegatingAnalyzerWrapper {
        private final Analyzer analyzer = RecallAnalyzer.analyzer();
        private final AtomicBoolean failing = new AtomicBoolean(true);

        FailingAnalyzer() {
            super(PER_FIELD_REUSE_STRATEGY);
        }

        @Override
        protected Analyzer getWrappedAnalyzer(String field) {
            if (failing.compareAndSet(true, false)) {
                throw new StackOverflowError("made up");
            }
            return analyzer;
        }
    }

    @Test
    void the_index_catches_up() {
        try (RecallNode node = new RecallNode(folder)) {
            node.assertFact("user:a", "memory:x", "chrysanthemum");
            FailingAnalyzer analyzer = new FailingAnalyzer();
            try (IndexUpdater updater = new IndexUpdater(
                    folder.resolve("another.index"),
                    new FactBatchReader(node.store),
                    analyzer,
                    node.seal(folder.resolve("another.keys")),
                    reason -> {})) {
                updater.start();
                assertThat(updater.await(Duration.ofSeconds(60))).isTrue();
                assertThat(analyzer.failing).as("the error came").isFalse();
                assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains("recall-index"));
            }
        }
    }

    @Test
    void a_row_that_cannot_be_written_does_not_end_the_log_of_recalls() {
        try (RecallNode node = new RecallNode(folder)) {
            node.log.add(new RecallLog.Row(null, null, null, null, 0, 0, 0, false, null, null));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> EssentialThread.problems().stream().anyMatch(each -> each.contains("recall-log")));
            node.recall("chrysanthemum");
            await().atMost(Duration.ofSeconds(60)).until(() -> logged(node) == 1);
        }
    }

    private static long logged(RecallNode node) {
        return node.store.read(tx -> {
            try (ResultSet row =
                    tx.statement("SELECT count(*) FROM recall_audit_log").executeQuery()) {
                return row.next() ? row.getLong(1) : 0L;
            }
        });
    }
}
