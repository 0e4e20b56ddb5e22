package bulwark.kernel.evidence.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.StoreRefused;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class JournalTest {
    private static final Journal.Options SMALL = new Journal.Options(8 << 10, 10_000);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T18:00:00Z"));

    @TempDir
    Path folder;

    @Test
    void records_are_read_back_in_their_order_after_restarts() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int start = 0; start < 3; start++) {
            try (Journal journal = open()) {
                for (int i = 0; i < 300; i++) {
                    String text = "record " + start + "." + i;
                    expected.add(text);
                    assertThat(journal.append(out -> out.raw(bytes(text)))).isTrue();
                    if (i % 50 == 0) {
                        appendDurable(journal, text + " durable");
                        expected.add(text + " durable");
                    }
                }
            }
        }
        assertThat(texts()).isEqualTo(expected);
        assertThat(check()).isEmpty();
        assertThat(JournalSegment.in(journalFolder()))
                .hasSizeGreaterThan(2)
                .allSatisfy(segment -> assertThat(
                                PosixFilePermissions.toString(Files.getPosixFilePermissions(segment.file())))
                        .isEqualTo("rw-------"));
    }

    @Test
    void a_record_that_nobody_waits_for_is_synced_within_moments() {
        try (Journal journal = open()) {
            journal.append(out -> out.raw(bytes("alone")));
            await().atMost(Duration.ofSeconds(20)).until(() -> journal.records() == 1);
        }
    }

    @Test
    void many_threads_append_and_each_record_is_there_once() throws Exception {
        try (Journal journal = open()) {
            try (var threads = Executors.newFixedThreadPool(4)) {
                for (int t = 0; t < 4; t++) {
                    int thread = t;
                    threads.submit(() -> {
                        for (int i = 0; i < 2_000; i++) {
                            String text = thread + "-" + i;
                            journal.append(out -> out.raw(bytes(text)));
                        }
                    });
                }
            }
        }
        List<String> texts = texts();
        assertThat(texts).hasSize(8_000).doesNotHaveDuplicates();
        for (int t = 0; t < 4; t++) {
            String prefix = t + "-";
            List<Integer> own = texts.stream()
                    .filter(text -> text.startsWith(prefix))
                    .map(text -> Integer.parseInt(text.substring(2)))
                    .toList();
            assertThat(own).isSorted();
        }
        assertThat(check()).isEmpty();
    }

    @Test
    void what_does_not_fit_into_memory_is_refused_and_nothing_blocks() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        Journal journal = Journal.open(journalFolder(), new Journal.Options(8 << 10, 10), new SecureRandom(), clock);
        try {
            CountDownLatch busy = new CountDownLatch(1);
            journal.append(out -> {
                busy.countDown();
                awaitQuietly(disk);
                out.raw(bytes("slow"));
            });
            busy.await(30, TimeUnit.SECONDS);
            int accepted = 0;
            while (journal.append(out -> out.raw(bytes("more")))) {
                accepted++;
            }
            assertThat(accepted).isEqualTo(9);
            assertThat(journal.problem()).contains("10 records waiting");
            disk.countDown();
            await().atMost(Duration.ofSeconds(20)).until(() -> journal.problem() == null);
            appendDurable(journal, "after");
        } finally {
            disk.countDown();
            journal.close();
        }
        assertThat(texts()).hasSize(11).endsWith("after");
    }

    @Test
    void room_that_was_reserved_is_there_when_all_other_is_taken() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        try (Journal journal =
                Journal.open(journalFolder(), new Journal.Options(8 << 10, 5), new SecureRandom(), clock)) {
            CountDownLatch busy = new CountDownLatch(1);
            assertThat(journal.reserve()).isTrue();
            journal.append(out -> {
                busy.countDown();
                awaitQuietly(disk);
                out.raw(bytes("slow"));
            });
            busy.await(30, TimeUnit.SECONDS);
            while (journal.append(out -> out.raw(bytes("more")))) {}
            assertThat(journal.reserve()).isFalse();
            journal.appendReserved(out -> out.raw(bytes("reserved")));
            disk.countDown();
        } finally {
            disk.countDown();
        }
        assertThat(texts()).containsExactly("slow", "more", "more", "more", "reserved");
    }

    @Test
    void a_record_that_cannot_be_encoded_leaves_a_mark_and_the_others_stay() throws Exception {
        try (Journal journal = open()) {
            journal.append(out -> out.raw(bytes("before")));
            journal.append(out -> {
                throw new IllegalStateException("planted");
            });
            journal.append(out -> out.raw(new byte[JournalBatch.MAX_RECORD_BYTES + 1]));
            appendDurable(journal, "after");
        }
        assertThat(texts()).containsExactly("before", "{\"kind\":\"unencoded\"}", "{\"kind\":\"unencoded\"}", "after");
    }

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
    void retention_removes_what_is_older_and_a_removal_beyond_it_is_found() throws Exception {
        LogKeys keys = keys();
        try (Journal journal = open()) {
            for (int day = 0; day < 10; day++) {
                for (int i = 0; i < 60; i++) {
                    appendDurable(journal, "day " + day + " record " + i);
                }
                clock.advance(Duration.ofDays(1));
            }
            long last = journal.written().orElseThrow().seq();
            JournalRetention retention = new JournalRetention(journalFolder(), keys, Duration.ofDays(4), clock);
            assertThat(retention.run(0)).as("nothing is signed").isZero();
            assertThat(retention.run(last)).isPositive();
            assertThat(retention.run(last)).isZero();
            appendDurable(journal, "after");
        }
        assertThat(texts()).contains("day 6 record 0", "after").doesNotContain("day 0 record 0", "day 4 record 0");
        assertThat(check()).isEmpty();
        open().close();
        Files.delete(JournalSegment.in(journalFolder()).getFirst().file());
        assertThat(check()).anyMatch(sentence -> sentence.contains("a segment was removed"));
        Path start = journalFolder().resolve("start.json");
        Files.writeString(start, Files.readString(start).replaceAll("\"first_batch\":\\d+", "\"first_batch\":9999"));
        assertThat(check()).anyMatch(sentence -> sentence.contains("does not verify"));
    }

    @Test
    void a_reader_beside_the_writer_sees_whole_records_only() throws Exception {
        try (Journal journal = open()) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 500; i++) {
                    appendDurable(journal, "record " + i);
                }
            });
            while (!writing.isDone()) {
                List<String> seen = texts();
                for (int i = 0; i < seen.size(); i++) {
                    assertThat(seen.get(i)).isEqualTo("record " + i);
                }
                assertThat(check()).isEmpty();
            }
            writing.get();
        }
        assertThat(texts()).hasSize(500);
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

    private Journal open() {
        return Journal.open(journalFolder(), SMALL, new SecureRandom(), clock);
    }

    private Path journalFolder() {
        return folder.resolve("journal");
    }

    private LogKeys keys() {
        return LogKeys.open(folder.resolve("keys"), Signing.fastest(), clock);
    }

    private List<String> check() throws IOException {
        return JournalCheck.run(journalFolder(), keys());
    }

    private List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>();
        new JournalReader(journalFolder()).read(Instant.EPOCH, (number, at, record) -> {
            assertThat(texts.isEmpty() || number == firstNumber[0] + texts.size())
                    .isTrue();
            if (texts.isEmpty()) {
                firstNumber[0] = number;
            }
            texts.add(new String(record, StandardCharsets.UTF_8));
            return true;
        });
        return texts;
    }

    private final long[] firstNumber = {0};

    private static void appendDurable(Journal journal, String text) {
        CompletableFuture<Boolean> durable = new CompletableFuture<>();
        assertThat(journal.append(out -> out.raw(bytes(text)), problem -> durable.complete(problem == null)))
                .isTrue();
        assertThat(durable.orTimeout(60, TimeUnit.SECONDS).join()).isTrue();
    }

    private static void overwrite(Path file, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.seek(at);
            opened.write(bytes);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
