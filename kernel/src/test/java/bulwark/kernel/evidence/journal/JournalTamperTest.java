package bulwark.kernel.evidence.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a crash tore counts for nothing, and an edit by hand is found. */
@Timeout(120)
class JournalTamperTest extends JournalTestBase {
    @Test
    void a_tail_that_a_crash_tore_counts_for_nothing_wherever_it_was_cut() throws Exception {
        try (Journal journal = open()) {
            appendDurable(journal, "first");
            appendDurable(journal, "second");
        }
        Path segment = JournalSegment.in(journalFolder()).getFirst().file();
        byte[] whole = Files.readAllBytes(segment);
        long second;
        int bytes;
        try (SegmentReader reader =
                SegmentReader.open(JournalSegment.in(journalFolder()).getFirst())) {
            reader.next();
            second = reader.position();
            bytes = java.util.Objects.requireNonNull(reader.next()).header().bytes();
        }
        for (int kept = 0; kept < bytes; kept++) {
            for (JournalSegment later : JournalSegment.in(journalFolder())) {
                Files.delete(later.file());
            }
            byte[] torn = whole.clone();
            java.util.Arrays.fill(torn, (int) second + kept, torn.length, (byte) 0);
            Files.write(segment, torn);
            try (Journal journal = open()) {
                assertThat(journal.tornBytes()).isLessThanOrEqualTo(kept);
                assertThat(journal.tornBytes() > 0).isEqualTo(kept > 0);
                appendDurable(journal, "third");
            }
            assertThat(texts()).as(kept + " bytes kept").containsExactly("first", "third");
            assertThat(check()).as(kept + " bytes kept").isEmpty();
        }
    }

    @Test
    void a_first_batch_that_a_crash_tore_counts_for_nothing() throws Exception {
        try (Journal journal = open()) {
            appendDurable(journal, "first");
        }
        JournalSegment segment = JournalSegment.in(journalFolder()).getFirst();
        overwrite(segment.file(), JournalSegment.HEADER_BYTES + 40, new byte[500]);
        try (Journal journal = open()) {
            assertThat(journal.tornBytes()).isEqualTo(40);
            appendDurable(journal, "again");
        }
        assertThat(texts()).containsExactly("again");
        assertThat(check()).isEmpty();
    }

    @Test
    void an_edit_of_any_byte_of_a_batch_that_others_follow_is_found() throws Exception {
        try (Journal journal = open()) {
            for (int i = 0; i < 6; i++) {
                appendDurable(journal, "record " + i);
            }
        }
        JournalSegment segment = JournalSegment.in(journalFolder()).getFirst();
        byte[] whole = Files.readAllBytes(segment.file());
        int end;
        try (SegmentReader reader = SegmentReader.open(segment)) {
            for (int i = 0; i < 5; i++) {
                reader.next();
            }
            end = (int) reader.position();
        }
        for (int at = 0; at < end; at++) {
            overwrite(segment.file(), at, new byte[] {(byte) (whole[at] ^ 0x40)});
            assertThat(check()).as("byte " + at).isNotEmpty();
            assertThatThrownBy(() -> open().close()).as("byte " + at).isInstanceOf(StoreRefused.class);
            overwrite(segment.file(), at, new byte[] {whole[at]});
        }
        assertThat(check()).isEmpty();
    }

    @Test
    void an_edit_whose_checksum_was_made_to_fit_is_found() throws Exception {
        try (Journal journal = open()) {
            appendDurable(journal, "record A");
            appendDurable(journal, "record B");
        }
        JournalSegment segment = JournalSegment.in(journalFolder()).getFirst();
        JournalBatch first;
        try (SegmentReader reader = SegmentReader.open(segment)) {
            first = java.util.Objects.requireNonNull(reader.next());
        }
        JournalBatch forged = new JournalBatch(first.header(), List.of(bytes("record X")));
        var buffer = java.nio.ByteBuffer.allocate(first.header().bytes());
        forged.encode(buffer);
        overwrite(segment.file(), JournalSegment.HEADER_BYTES, buffer.array());
        assertThat(check()).singleElement().asString().contains("batch 1 holds a record that is not the one");
    }

    @Test
    void a_removed_a_swapped_and_a_cut_segment_are_found() throws Exception {
        try (Journal journal = open()) {
            for (int i = 0; i < 400; i++) {
                appendDurable(journal, "record " + i);
            }
        }
        List<JournalSegment> segments = JournalSegment.in(journalFolder());
        assertThat(segments).hasSizeGreaterThan(4);
        for (int i = 0; i < segments.size() - 1; i++) {
            Path file = segments.get(i).file();
            Path aside = folder.resolve("aside");
            Files.move(file, aside);
            assertThat(check()).as("segment " + i + " removed").isNotEmpty();
            Files.move(aside, file);
        }
        byte[] one = Files.readAllBytes(segments.get(1).file());
        byte[] two = Files.readAllBytes(segments.get(2).file());
        Files.write(segments.get(1).file(), two);
        Files.write(segments.get(2).file(), one);
        assertThat(check()).isNotEmpty();
        Files.write(segments.get(1).file(), one);
        Files.write(segments.get(2).file(), two);
        try (RandomAccessFile file = new RandomAccessFile(segments.get(1).file().toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertThat(check()).isNotEmpty();
        Files.write(segments.get(1).file(), one);
        assertThat(check()).isEmpty();
    }

    @Test
    void random_bytes_at_the_end_never_make_a_record() throws Exception {
        Random random = new Random(4713);
        for (int round = 0; round < 50; round++) {
            try (Journal journal = open()) {
                appendDurable(journal, "record " + round);
            }
            JournalSegment newest = JournalSegment.in(journalFolder()).getLast();
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            try (SegmentReader reader = SegmentReader.open(newest)) {
                while (reader.next() != null) {}
                overwrite(newest.file(), reader.position(), garbage);
            }
        }
        open().close();
        assertThat(texts()).hasSize(50);
        assertThat(check()).isEmpty();
    }

    private static void overwrite(Path file, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.seek(at);
            opened.write(bytes);
        }
    }
}
