package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.facts.recall.SealedDirectory.ForeignIndexFiles;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.signing.Signing;
import bulwark.testkit.FolderImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who can write the files of the search index, and not the key folder, changes no answer of recall for long. */
@Timeout(120)
class RecallIndexSealTest {
    private static final String WORD = "chrysanthemum";
    private static final Term HIDDEN =
            new Term(FactDocument.ENTITY, FactDocument.term(FactDocument.entity("user:hidden")));

    @TempDir
    Path folder;

    private String hidden;

    /** Something changes an index as Lucene would, so that every checksum is right. */
    private interface Edit {
        void apply(IndexWriter writer) throws IOException;
    }

    @BeforeEach
    void anIndexOfSomeFacts() {
        try (RecallNode node = new RecallNode(folder)) {
            for (int i = 0; i < 20; i++) {
                node.assertFact("user:p" + i, "memory:n", "word" + i);
            }
            hidden = node.assertFact("user:hidden", "memory:n", WORD);
            assertThat(RecallNode.ids(node.recall(WORD))).containsExactly(hidden);
        }
    }

    @Test
    void a_fact_that_was_deleted_from_the_index_is_found_at_the_start() throws IOException {
        edit(writer -> writer.deleteDocuments(HIDDEN));
        assertThat(fsck()).singleElement().asString().contains("that this node did not write");
        assertRebuilt("that this node did not write");
    }

    @Test
    void a_fact_whose_words_were_dropped_from_the_index_is_found_at_the_start() throws IOException {
        FieldType searched = new FieldType();
        searched.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
        searched.setTokenized(true);
        Document without = new Document();
        without.add(new Field(FactDocument.TEXT, "other", searched));
        edit(writer -> writer.updateDocument(HIDDEN, without));
        assertRebuilt("that this node did not write");
    }

    @Test
    void an_older_copy_of_the_index_is_found_at_the_start() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("copy"));
        copy(index(), copy);
        String later;
        try (RecallNode node = new RecallNode(folder)) {
            later = node.assertFact("user:later", "memory:n", "marigold");
            node.recall("marigold");
        }
        IndexFiles.delete(index());
        copy(copy, index());
        assertThat(fsck()).isNotEmpty();
        try (RecallNode node = new RecallNode(folder)) {
            assertThat(RecallNode.ids(node.recall("marigold"))).containsExactly(later);
            assertThat(node.index.rebuilds()).isEqualTo(1);
        }
    }

    @Test
    void a_file_that_is_missing_is_found_at_the_start() throws IOException {
        Path largest = files().stream()
                .filter(file -> !file.getFileName().toString().startsWith("segments"))
                .max(java.util.Comparator.comparingLong(file -> file.toFile().length()))
                .orElseThrow();
        Files.delete(largest);
        assertRebuilt("search index");
    }

    @Test
    void a_seal_of_another_hand_or_of_none_is_not_believed() throws IOException {
        String seal = Files.readString(seal());
        for (String wrong : List.of(
                seal.replace("recall_index", "recall_indey"),
                seal.replaceFirst("\"store_id\":\"..", "\"store_id\":\"xx"),
                seal.replaceFirst("\"signature\":\"..", "\"signature\":\"xx"),
                "{}",
                "")) {
            Files.writeString(seal(), wrong);
            assertThat(fsck()).as(wrong).isNotEmpty();
        }
        Files.delete(seal());
        assertThat(fsck()).as("an index of an earlier version").isEmpty();
        assertRebuilt("no seal vouches for it");
    }

    @Test
    void a_running_node_finds_edited_files_whether_committed_or_not() throws IOException {
        try (RecallNode node = new RecallNode(folder)) {
            assertThat(RecallNode.ids(node.recall(WORD))).containsExactly(hidden);
            node.index.checkFiles();
            assertThat(node.index.rebuilds()).isZero();
            for (boolean committed : new boolean[] {true, false}) {
                long before = node.index.rebuilds();
                if (!committed) {
                    List<Path> old = files();
                    node.assertFact("user:new", "memory:n" + before, "marigold");
                    node.recall("marigold");
                    Path fresh = files().stream()
                            .filter(file -> !old.contains(file))
                            .max(java.util.Comparator.comparingLong(
                                    file -> file.toFile().length()))
                            .orElseThrow();
                    flip(fresh);
                } else {
                    flip(files().stream()
                            .filter(file -> !file.getFileName().toString().startsWith("segments"))
                            .max(java.util.Comparator.comparingLong(
                                    file -> file.toFile().length()))
                            .orElseThrow());
                }
                node.index.checkFiles();
                await().atMost(Duration.ofSeconds(30)).until(() -> node.index.rebuilds() == before + 1);
                assertThat(RecallNode.ids(node.recall(WORD))).containsExactly(hidden);
            }
        }
    }

    @Test
    void a_kill_between_seal_and_commit_leaves_an_index_that_is_sealed() throws IOException {
        Path keyFolder = folder.resolve("facts.db.keys");
        LogKeys keys = LogKeys.open(keyFolder, Signing.fastest(), Clock.systemUTC());
        IndexSeal seal =
                new IndexSeal(keyFolder, keys, StoreCheck.storeIdOf(keyFolder).orElseThrow(), Clock.systemUTC());
        Path before = Files.createDirectories(folder.resolve("before"));
        copy(index(), before);
        try (IndexFiles files = IndexFiles.open(index(), RecallAnalyzer.analyzer(), seal)) {
            IndexPosition position = files.position().orElseThrow();
            files.writer.deleteDocuments(HIDDEN);
            // Of a commit, what comes before the second seal.
            files.writer.commit();
            assertSealed(index(), seal);
            assertSealed(before, seal);
            files.commit(position);
            assertSealed(index(), seal);
            assertThatThrownBy(() -> assertSealed(before, seal)).isInstanceOf(ForeignIndexFiles.class);
        }
    }

    private static void assertSealed(Path folder, IndexSeal seal) throws IOException {
        try (Directory directory = FSDirectory.open(folder)) {
            assertThat(SealedDirectory.verified(directory, folder, seal)).isNotEmpty();
        }
    }

    @Test
    void fsck_of_an_index_as_it_was_written_finds_nothing_and_changes_nothing() throws IOException {
        Map<String, String> before = FolderImage.of(folder);
        assertThat(fsck()).isEmpty();
        assertThat(FolderImage.of(folder)).isEqualTo(before);
        try (RecallNode node = new RecallNode(folder)) {
            node.recall(WORD);
            assertThat(fsck()).as("beside a running node").isEmpty();
        }
    }

    private void assertRebuilt(String reason) {
        try (RecallNode node = new RecallNode(folder)) {
            assertThat(RecallNode.ids(node.recall(WORD))).containsExactly(hidden);
            assertThat(node.index.rebuilds()).isEqualTo(1);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(evidence(node)).contains(reason));
            assertThat(node.metrics.scrape()).contains("stigmem_recall_index_rebuilt_total 1");
        }
        try (RecallNode node = new RecallNode(folder)) {
            assertThat(RecallNode.ids(node.recall(WORD))).containsExactly(hidden);
            assertThat(node.index.rebuilds()).as("what was made anew is sealed").isZero();
        }
    }

    private static String evidence(RecallNode node) {
        return node.store.read(tx -> {
            try (ResultSet row = tx.statement(
                            "SELECT group_concat(detail) FROM fact_audit_log WHERE event_type = 'recall_index_rebuilt'")
                    .executeQuery()) {
                return row.next() ? String.valueOf(row.getString(1)) : "";
            }
        });
    }

    private List<String> fsck() throws IOException {
        return RecallIndex.fsck(folder.resolve("facts.db"), folder.resolve("facts.db.keys"), Signing.fastest());
    }

    private void edit(Edit edit) throws IOException {
        IndexWriterConfig append = new IndexWriterConfig(RecallAnalyzer.analyzer()).setOpenMode(OpenMode.APPEND);
        try (Directory directory = FSDirectory.open(index());
                IndexWriter writer = new IndexWriter(directory, append)) {
            edit.apply(writer);
            writer.commit();
        }
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private Path index() {
        return folder.resolve("facts.db.index");
    }

    private Path seal() {
        return folder.resolve("facts.db.keys/index.json");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(index())) {
            return files.filter(file -> !file.endsWith("write.lock")).sorted().toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(f -> !f.endsWith("write.lock")).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
