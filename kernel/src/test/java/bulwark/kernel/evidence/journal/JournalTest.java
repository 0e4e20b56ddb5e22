package bulwark.kernel.evidence.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.evidence.heads.LogKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is appended, read back and refused for want of room. */
@Timeout(120)
class JournalTest extends JournalTestBase {
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

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
