package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RecallIndexTest {
    private static final String QUESTION = "word1 word2 word3 word4";

    @TempDir
    Path folder;

    @Test
    void a_restart_follows_from_where_the_index_stopped() {
        List<String> before = fill(300);
        try (RecallNode node = new RecallNode(folder)) {
            assertThat(RecallNode.ids(node.recall(QUESTION))).isEqualTo(before);
            String id = node.assertFact("user:new", "memory:new", "chrysanthemum");
            assertThat(RecallNode.ids(node.recall("chrysanthemum"))).containsExactly(id);
            assertThat(node.index.rebuilds()).isZero();
        }
    }

    @Test
    void a_deleted_index_is_rebuilt_with_the_same_answers() throws IOException {
        List<String> before = fill(300);
        IndexFiles.delete(index());
        assertAnswers(before);
    }

    @Test
    void an_index_that_missed_facts_catches_up() throws IOException {
        fill(200);
        Path copy = Files.createDirectories(folder.resolve("copy"));
        copy(index(), copy);
        byte[] seal = Files.readAllBytes(seal());
        List<String> before = fill(100);
        IndexFiles.delete(index());
        copy(copy, index());
        Files.write(seal(), seal);
        try (RecallNode node = new RecallNode(folder)) {
            assertThat(RecallNode.ids(node.recall(QUESTION))).isEqualTo(before);
            assertThat(node.index.rebuilds()).isZero();
        }
    }

    @Test
    void an_index_of_another_history_is_rebuilt() throws IOException {
        Path other = Files.createDirectories(folder.resolve("other"));
        fill(other, 250);
        List<String> before = fill(200);
        for (Path foreign : List.of(other.resolve("facts.db.index"))) {
            IndexFiles.delete(index());
            copy(foreign, index());
            assertAnswers(before);
        }
    }

    @Test
    void merging_an_idle_index_to_one_segment_keeps_its_answers() {
        try (RecallNode node = new RecallNode(folder)) {
            for (int i = 0; i < 60; i++) {
                node.assertFact("user:" + i, "memory:n", "word" + i % 7);
                if (i % 10 == 9) {
                    // Whoever asks sees everything: what came since the last question becomes a segment.
                    node.recall(QUESTION);
                }
            }
            List<String> before = RecallNode.ids(node.recall(QUESTION));
            await().atMost(Duration.ofSeconds(30)).until(() -> segments() == 1);
            assertThat(RecallNode.ids(node.recall(QUESTION))).isEqualTo(before);
            assertThat(node.index.rebuilds()).isZero();
        }
    }

    @Test
    void an_idle_index_merges_to_one_segment_and_stops_writing() throws IOException {
        IndexPosition position = new IndexPosition(1, "id", "cid");
        Path keyFolder = Files.createDirectories(folder.resolve("keys"));
        LogKeys keys = LogKeys.open(keyFolder, Signing.fastest(), Clock.systemUTC());
        IndexSeal seal = new IndexSeal(keyFolder, keys, "store", Clock.systemUTC());
        Path indexFolder = folder.resolve("index");
        try (IndexFiles files = IndexFiles.open(indexFolder, RecallAnalyzer.analyzer(), seal)) {
            files.writer.addDocument(new Document());
            assertThat(files.refreshSearchers()).isFalse();
            files.commit(position);
            files.searchers.maybeRefreshBlocking();
            assertThat(files.refreshSearchers()).as("nothing is left to do").isTrue();
        }
        try (IndexFiles files = IndexFiles.open(indexFolder, RecallAnalyzer.analyzer(), seal)) {
            assertThat(files.position()).contains(position);
        }
    }

    /** On disk; 0 before the first commit. */
    private int segments() throws IOException {
        try (Directory directory = FSDirectory.open(index());
                DirectoryReader reader = DirectoryReader.open(directory)) {
            return reader.leaves().size();
        } catch (IndexNotFoundException e) {
            return 0;
        }
    }

    @Test
    void damage_in_any_index_file_is_found_and_repaired() throws IOException {
        List<String> before = fill(300);
        Random random = new Random(5);
        Path good = Files.createDirectories(folder.resolve("good"));
        copy(index(), good);
        for (Path file : files(good)) {
            IndexFiles.delete(index());
            copy(good, index());
            Path damaged = index().resolve(file.getFileName());
            byte[] bytes = Files.readAllBytes(damaged);
            if (bytes.length == 0) {
                continue;
            }
            for (int i = 0; i < 3; i++) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            }
            Files.write(damaged, bytes);
            try (RecallNode node = new RecallNode(folder)) {
                await().atMost(Duration.ofSeconds(20)).until(() -> node.index.rebuilds() > 0);
                assertThat(RecallNode.ids(node.recall(QUESTION)))
                        .as(file.toString())
                        .isEqualTo(before);
            }
        }
    }

    @Test
    void a_truncated_index_file_is_repaired() throws IOException {
        List<String> before = fill(300);
        Path largest = files(index()).stream()
                .max(java.util.Comparator.comparingLong(f -> f.toFile().length()))
                .orElseThrow();
        Files.write(largest, java.util.Arrays.copyOf(Files.readAllBytes(largest), (int) Files.size(largest) / 2));
        assertAnswers(before);
    }

    @Test
    void the_check_finds_a_document_that_differs_from_the_store() throws IOException {
        List<String> before;
        try (RecallNode node = new RecallNode(folder)) {
            fill(node, 50, 0);
            before = RecallNode.ids(node.recall(QUESTION));
        }
        replaceFirstDocument();
        try (RecallNode node = new RecallNode(folder)) {
            await().atMost(Duration.ofSeconds(20)).until(() -> node.index.rebuilds() > 0);
            assertThat(RecallNode.ids(node.recall(QUESTION))).isEqualTo(before);
        }
    }

    @Test
    void every_writer_reads_its_own_fact_at_once() throws Exception {
        try (RecallNode node = new RecallNode(folder);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> found = Stream.iterate(0, i -> i + 1)
                    .limit(16)
                    .map(writer -> threads.submit(() -> {
                        int hits = 0;
                        for (int i = 0; i < 25; i++) {
                            String id = node.assertFact("user:u" + writer, "memory:m" + i, "token" + writer + "x" + i);
                            hits += RecallNode.ids(node.recall("token" + writer + "x" + i))
                                            .contains(id)
                                    ? 1
                                    : 0;
                        }
                        return hits;
                    }))
                    .toList();
            for (Future<Integer> hits : found) {
                assertThat(hits.get()).isEqualTo(25);
            }
        }
    }

    @Test
    void more_facts_than_the_queue_holds_are_read_from_the_store() {
        try (RecallNode node = new RecallNode(folder)) {
            IndexUpdater follower = new IndexUpdater(
                    folder.resolve("second"),
                    new FactBatchReader(node.store),
                    RecallAnalyzer.analyzer(),
                    node.seal(folder.resolve("second.keys")),
                    reason -> {});
            fill(node, 30, 0);
            follower.start();
            assertThat(follower.await(Duration.ofSeconds(20))).isTrue();
            follower.close();
        }
    }

    private void assertAnswers(List<String> expected) {
        try (RecallNode node = new RecallNode(folder)) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> RecallNode.ids(node.recall(QUESTION)).equals(expected));
        }
    }

    /** As the node would have sealed it: another fact's document under the same position. */
    private void replaceFirstDocument() throws IOException {
        try (IndexFiles files = IndexFiles.open(index(), RecallAnalyzer.analyzer(), ownSeal())) {
            IndexPosition position = files.position().orElseThrow();
            files.writer.deleteAll();
            bulwark.facts.fact.Fact fact = new bulwark.facts.fact.Fact(
                    1,
                    "other",
                    "default",
                    "user:x",
                    "memory:x",
                    "string",
                    "word1",
                    "content",
                    "s",
                    "2026-03-01T00:00:00.000000+00:00",
                    0,
                    0,
                    null,
                    1,
                    "company",
                    null,
                    null,
                    "sha256:0",
                    List.of());
            files.writer.addDocument(new FactDocument().of(fact));
            files.commit(position);
        }
    }

    private IndexSeal ownSeal() throws IOException {
        Path keyFolder = folder.resolve("facts.db.keys");
        LogKeys keys = LogKeys.open(keyFolder, Signing.fastest(), Clock.systemUTC());
        String storeId = StoreCheck.storeIdOf(keyFolder).orElseThrow();
        return new IndexSeal(keyFolder, keys, storeId, Clock.systemUTC());
    }

    private Path seal() {
        return folder.resolve("facts.db.keys/index.json");
    }

    private Path index() {
        return folder.resolve("facts.db.index");
    }

    private List<String> fill(int count) {
        return fill(folder, count);
    }

    private static List<String> fill(Path folder, int count) {
        try (RecallNode node = new RecallNode(folder)) {
            fill(node, count, node.hashCode());
            return RecallNode.ids(node.recall(QUESTION));
        }
    }

    private static void fill(RecallNode node, int count, int salt) {
        Random random = new Random(count);
        for (int i = 0; i < count; i++) {
            String text = "word" + random.nextInt(12) + " word" + random.nextInt(12) + " word" + random.nextInt(12);
            node.assertFact("user:p" + i % 30, "memory:t" + i + "x" + salt, text);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> !f.endsWith("write.lock")).sorted().toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        for (Path file : files(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }
}
