package bulwark.kernel.evidence.journal;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.journal.JournalCursor.NumberedRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class JournalCursorTest {
    private static final Journal.Options SMALL = new Journal.Options(8 << 10, 10_000);

    @TempDir
    Path folder;

    private Journal open() {
        return Journal.open(folder, SMALL, new SecureRandom(), Clock.systemUTC());
    }

    private static void append(Journal journal, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            CompletableFuture<@Nullable String> synced = new CompletableFuture<>();
            String text = "record " + i;
            boolean taken = i == to - 1
                    ? journal.append(out -> out.raw(text.getBytes(StandardCharsets.US_ASCII)), synced::complete)
                    : journal.append(out -> out.raw(text.getBytes(StandardCharsets.US_ASCII)));
            assertThat(taken).isTrue();
            if (i == to - 1) {
                assertThat(synced.get(60, TimeUnit.SECONDS)).isNull();
            }
        }
    }

    private static List<String> all(JournalCursor cursor, int maxBytes) throws IOException {
        List<String> texts = new ArrayList<>();
        for (List<NumberedRecord> some = cursor.read(maxBytes); !some.isEmpty(); some = cursor.read(maxBytes)) {
            for (NumberedRecord record : some) {
                String text = new String(record.bytes(), StandardCharsets.US_ASCII);
                assertThat(text).isEqualTo("record " + (record.number() - 1));
                texts.add(text);
            }
        }
        return texts;
    }

    @Test
    void each_record_is_given_once_across_segments_restarts_and_reads_that_came_too_early() throws Exception {
        try (JournalCursor cursor = new JournalCursor(folder, 0)) {
            assertThat(cursor.read(1_000)).isEmpty();
            int written = 0;
            for (int start = 0; start < 3; start++) {
                try (Journal journal = open()) {
                    for (int part = 0; part < 4; part++) {
                        append(journal, written, written + 200);
                        assertThat(JournalCursor.countAfter(folder, written)).isEqualTo(200);
                        written += 200;
                        assertThat(all(cursor, 500)).hasSize(200);
                    }
                }
            }
            assertThat(JournalSegment.in(folder)).hasSizeGreaterThan(5);
            assertThat(cursor.read(1_000)).isEmpty();
        }
    }

    @Test
    void a_position_is_gone_on_from_and_what_the_retention_removed_is_passed_over() throws Exception {
        try (Journal journal = open()) {
            for (int part = 0; part < 1_000; part += 200) {
                // Each waits for its sync, so that there are several segments.
                append(journal, part, part + 200);
            }
        }
        for (long position : new long[] {0, 1, 499, 500, 999, 1_000}) {
            try (JournalCursor cursor = new JournalCursor(folder, position)) {
                List<NumberedRecord> records = cursor.read(1 << 20);
                assertThat(records).hasSize((int) (1_000 - position));
                assertThat(JournalCursor.countAfter(folder, position)).isEqualTo(1_000 - position);
            }
        }
        Files.delete(JournalSegment.in(folder).getFirst().file());
        try (JournalCursor cursor = new JournalCursor(folder, 0)) {
            List<NumberedRecord> rest = cursor.read(1 << 20);
            assertThat(rest.getFirst().number()).isGreaterThan(1);
            assertThat(rest.getLast().number()).isEqualTo(1_000);
        }
    }
}
