package bulwark.kernel.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash, a cut or a flipped bit makes of the journal. */
class RotationJournalTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    @TempDir
    Path top;

    private Path place;
    private Path file;

    @BeforeEach
    void ownFolder() throws IOException {
        // Thousands of synced appends: in memory where the system has that.
        Path memory = Path.of("/dev/shm");
        place = Files.isWritable(memory) ? Files.createTempDirectory(memory, "rotation") : top;
        Path folder = Files.createDirectory(
                place.resolve("rotation"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        file = folder.resolve("rotations.jsonl");
    }

    @AfterEach
    void removeFolder() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(file.getParent());
        if (!place.equals(top)) {
            Files.delete(place);
        }
    }

    private static RotationRecord line(String id, RotationState state, boolean done) {
        return new RotationRecord(id, "key", state, done, NOW, Duration.ofDays(7), null, Map.of("new_key", "n-" + id));
    }

    /** Two rotations, one behind the other. */
    private List<RotationRecord> written() throws IOException {
        List<RotationRecord> lines = new ArrayList<>();
        for (String id : List.of("a", "b")) {
            for (RotationState state : List.of(RotationState.PLANNED, RotationState.ANNOUNCED)) {
                lines.add(line(id, state, false));
                lines.add(line(id, state, true));
            }
        }
        RotationJournal journal = RotationJournal.open(file);
        for (RotationRecord each : lines) {
            journal.append(each);
        }
        return lines;
    }

    @Test
    void what_was_appended_is_read_again() throws IOException {
        List<RotationRecord> lines = written();

        assertThat(RotationJournal.open(file).rotations()).containsExactly(lines.get(3), lines.get(7));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_cut_at_any_byte_leaves_the_lines_before_it_and_a_journal_that_goes_on() throws IOException {
        List<RotationRecord> lines = written();
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length <= whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            Files.write(file, cut);
            int complete = (int) countLines(cut);

            RotationJournal journal = RotationJournal.open(file);
            assertThat(states(journal)).isEqualTo(newest(lines.subList(0, complete)));
            journal.append(line("c", RotationState.PLANNED, false));

            List<RotationRecord> expected = new ArrayList<>(lines.subList(0, complete));
            expected.add(line("c", RotationState.PLANNED, false));
            assertThat(states(RotationJournal.open(file))).isEqualTo(newest(expected));
        }
    }

    @Test
    void a_flipped_bit_before_the_last_line_is_refused_and_one_in_it_counts_as_cut_off() throws IOException {
        List<RotationRecord> lines = written();
        byte[] whole = Files.readAllBytes(file);
        int lastLine = lastLineStart(whole);
        Random random = new Random(7);
        for (int i = 0; i < 400; i++) {
            byte[] flipped = whole.clone();
            int at = random.nextInt(whole.length - 1);
            flipped[at] ^= (byte) (1 << random.nextInt(7));
            Files.write(file, flipped);
            if (at < lastLine) {
                assertThatThrownBy(() -> RotationJournal.open(file))
                        .as("byte %d", at)
                        .isInstanceOf(RotationRefused.class)
                        .hasMessageContaining("damaged");
            } else {
                assertThat(RotationJournal.open(file).rotations()).hasSize(2);
            }
        }
        assertThat(lines).isNotEmpty();
    }

    @Test
    void a_line_that_was_taken_out_is_missed() throws IOException {
        written();
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.remove(2);
        Files.writeString(file, String.join("\n", lines) + "\n");

        assertThatThrownBy(() -> RotationJournal.open(file)).isInstanceOf(RotationRefused.class);
    }

    @Test
    void a_file_that_others_can_read_is_refused() throws IOException {
        written();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> RotationJournal.open(file)).hasMessageContaining("chmod 600");
    }

    @Test
    void ids_are_not_used_twice() throws IOException {
        RotationJournal journal = RotationJournal.open(file);
        String first = journal.newId(NOW);
        journal.append(line(first, RotationState.PLANNED, true));

        assertThat(first).isEqualTo("20261128T120000Z-1");
        assertThat(journal.newId(NOW)).isEqualTo("20261128T120000Z-2");
    }

    @Test
    void any_names_survive_a_line() {
        Random random = new Random(11);
        for (int i = 0; i < 500; i++) {
            StringBuilder name = new StringBuilder();
            for (int c = random.nextInt(12); c >= 0; c--) {
                name.appendCodePoint(
                        random.nextBoolean() ? random.nextInt(1, 0xd800) : random.nextInt(0x10000, 0x10ffff));
            }
            RotationRecord record = new RotationRecord(
                    "id",
                    "key",
                    RotationState.values()[random.nextInt(RotationState.values().length)],
                    random.nextBoolean(),
                    Instant.ofEpochSecond(random.nextInt()),
                    Duration.ofSeconds(random.nextInt(1_000_000)),
                    random.nextBoolean() ? null : Instant.ofEpochMilli(random.nextLong(1L << 40)),
                    Map.of(name.toString(), name.toString()));

            byte[] line = RotationLine.write(record, "before");
            assertThat(countLines(line)).isEqualTo(1);
            assertThat(RotationLine.read(line, "before")).contains(record);
            assertThat(RotationLine.read(line, "another")).isEmpty();
        }
    }

    private static long countLines(byte[] content) {
        long lines = 0;
        for (byte b : content) {
            lines += b == '\n' ? 1 : 0;
        }
        return lines;
    }

    private static int lastLineStart(byte[] content) {
        int at = content.length - 2;
        while (content[at] != '\n') {
            at--;
        }
        return at + 1;
    }

    private static List<String> states(RotationJournal journal) {
        return journal.rotations().stream().map(RotationJournalTest::described).toList();
    }

    private static List<String> newest(List<RotationRecord> lines) {
        Map<String, RotationRecord> newest = new java.util.LinkedHashMap<>();
        lines.forEach(line -> newest.put(line.id(), line));
        return newest.values().stream().map(RotationJournalTest::described).toList();
    }

    private static String described(RotationRecord record) {
        return record.id() + " " + record.state() + " " + record.effectDone();
    }
}
