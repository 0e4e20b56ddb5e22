package bulwark.kernel.evidence.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records are found by their id, by an index that only tells where to look; and the signed end of a journal. */
@Timeout(240)
class JournalIndexTest {
    private static final int PIECE = 500;

    private static final int ID = 8;
    private static final JournalIndexer.RecordIds IDS = (record, found) -> {
        if (record.length >= ID) {
            found.id(0, ID);
        }
    };

    @TempDir
    Path folder;

    private Path journal() {
        return folder.resolve("journal");
    }

    private Journal open(long segmentBytes) {
        return Journal.open(
                journal(), new Journal.Options(segmentBytes, 100_000), new SecureRandom(), Clock.systemUTC());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String id(int number) {
        return String.format("%08d", number);
    }

    /** In several batches, however slow the disk is: a segment begins with a batch. */
    private static void append(Journal journal, int from, int to, int size) {
        for (int next = from; next < to; next += PIECE) {
            appendOneBatchOrMore(journal, next, Math.min(to, next + PIECE), size);
        }
    }

    private static void appendOneBatchOrMore(Journal journal, int from, int to, int size) {
        long before = journal.records();
        for (int i = from; i < to; i++) {
            byte[] record = bytes(id(i) + "x".repeat(size));
            if (!journal.append(out -> out.raw(record))) {
                await().until(() -> journal.append(out -> out.raw(record)));
            }
        }
        await().atMost(Duration.ofMinutes(2)).until(() -> journal.records() == before + to - from);
    }

    /** @param seen counts every record that was read */
    private List<Long> find(String id, AtomicLong seen) throws IOException {
        List<Long> found = new ArrayList<>();
        new JournalReader(journal()).read(Instant.EPOCH, bytes(id), (number, at, record) -> {
            seen.incrementAndGet();
            if (new String(record, StandardCharsets.US_ASCII).startsWith(id)) {
                found.add(number);
            }
            return true;
        });
        return found;
    }

    private List<String> indexFiles() throws IOException {
        try (Stream<Path> files = Files.list(journal().resolve("ids"))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void an_id_is_found_among_many_records_without_reading_them() throws Exception {
        JournalIndexer indexer = new JournalIndexer(journal(), IDS);
        try (Journal journal = open(8 << 20)) {
            append(journal, 0, 20_000, 1_500);
            indexer.catchUp();
            append(journal, 20_000, 20_300, 1_500);
            indexer.catchUp();
            AtomicLong seen = new AtomicLong();
            for (int number : new int[] {0, 1, 11_234, 19_999, 20_200}) {
                assertThat(find(id(number), seen)).containsExactly(number + 1L);
            }
            assertThat(seen.get())
                    .as("five searches in 20,300 records: what is not indexed yet, and a batch each")
                    .isLessThan(5 * 8_000);
        }
        assertThat(JournalSegment.in(journal())).hasSizeGreaterThan(3);
        assertThat(indexFiles())
                .as("one for each segment that is closed, and those of 4 MiB of the newest")
                .hasSizeLessThanOrEqualTo(JournalSegment.in(journal()).size() + 1);
    }

    @Test
    void without_an_index_or_with_a_part_of_it_the_same_is_found() throws Exception {
        try (Journal journal = open(64 << 10)) {
            append(journal, 0, 5_000, 100);
            append(journal, 0, 50, 100);
        }
        Random random = new Random(7);
        for (int round = 0; round < 12; round++) {
            AtomicLong seen = new AtomicLong();
            assertThat(find(id(7), seen)).containsExactly(8L, 5_008L);
            assertThat(find(id(4_999), seen)).containsExactly(5_000L);
            assertThat(find("absent00", seen)).isEmpty();
            new JournalIndexer(journal(), IDS).catchUp();
            List<String> files = indexFiles();
            Files.delete(journal().resolve("ids").resolve(files.get(random.nextInt(files.size()))));
        }
    }

    @Test
    void the_index_of_a_removed_segment_goes_with_it() throws Exception {
        try (Journal journal = open(64 << 10)) {
            append(journal, 0, 3_000, 100);
        }
        new JournalIndexer(journal(), IDS).catchUp();
        int before = indexFiles().size();
        Files.delete(JournalSegment.in(journal()).getFirst().file());
        new JournalIndexer(journal(), IDS).catchUp();
        assertThat(indexFiles()).hasSize(before - 1);
    }

    @Test
    void an_end_that_was_cut_behind_the_newest_head_is_noticed_by_the_signed_end() throws Exception {
        Path keyFolder = Files.createDirectories(folder.resolve("keys"));
        LogKeys keys = LogKeys.open(keyFolder, Signing.fastest(), Clock.systemUTC());
        ChainHead head;
        byte[] older;
        try (Journal journal = open(64 << 10)) {
            append(journal, 0, 3, 10);
            head = journal.written().orElseThrow();
            older = Files.readAllBytes(JournalSegment.in(journal()).getFirst().file());
            append(journal, 3, 6, 10);
            ChainHead end = journal.written().orElseThrow();
            new JournalTail(keyFolder, keys).sign(end.seq(), end.hash());
        }
        JournalChain chain = new JournalChain(journal(), keyFolder, () -> keys);
        assertThat(chain.compare(null, head)).isNull();
        Files.write(JournalSegment.in(journal()).getFirst().file(), older);
        assertThat(new JournalChain(journal(), keyFolder, () -> keys).compare(null, head))
                .contains("is missing, the signed head names it");
        Path tail = JournalTail.file(keyFolder);
        Files.writeString(tail, Files.readString(tail).replaceFirst("\"batch\":\\d+", "\"batch\":1"));
        assertThat(new JournalChain(journal(), keyFolder, () -> keys).compare(null, head))
                .contains("signature that does not verify");
    }
}
