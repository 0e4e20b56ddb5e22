package bulwark.doctor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.doctor.memory.LogWitness.Finding;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogWitnessTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private Path log() {
        return folder.resolve("log");
    }

    private LogCheckpoint remembered(String text) throws IOException {
        Files.writeString(log(), text);
        return ((Finding.Consistent) LogWitness.compare(log(), null, NOW)).now();
    }

    @Test
    void the_first_look_remembers_whole_lines_alone() throws IOException {
        assertThat(remembered("one\ntwo\nthr"))
                .isEqualTo(new LogCheckpoint(8, 2, Digests.sha256Hex("one\ntwo\n"), NOW.toString()));
        assertThat(remembered("")).isEqualTo(new LogCheckpoint(0, 0, Digests.sha256Hex(""), NOW.toString()));
    }

    @Test
    void a_log_that_grew_or_stayed_is_consistent() throws IOException {
        LogCheckpoint before = remembered("one\ntwo\n");
        assertThat(LogWitness.compare(log(), before, NOW)).isEqualTo(new Finding.Consistent(before));
        Files.writeString(log(), "one\ntwo\nthree\n");
        assertThat(LogWitness.compare(log(), before, NOW))
                .isInstanceOfSatisfying(
                        Finding.Consistent.class,
                        consistent -> assertThat(consistent.now().records()).isEqualTo(3));
    }

    @Test
    void an_empty_log_may_grow() throws IOException {
        LogCheckpoint before = remembered("");
        Files.writeString(log(), "one\n");
        assertThat(LogWitness.compare(log(), before, NOW)).isInstanceOf(Finding.Consistent.class);
    }

    @Test
    void a_log_that_was_cut_edited_replaced_or_deleted_is_broken() throws IOException {
        LogCheckpoint before = remembered("one\ntwo\n");
        Files.writeString(log(), "one\n");
        assertThat(broken(before).sentence()).contains("shorter");
        Files.writeString(log(), "one\ntwO\nthree\n");
        assertThat(broken(before).sentence()).contains("not its beginning");
        Files.delete(log());
        assertThat(broken(before).now()).isEmpty();
        assertThat(LogWitness.compare(log(), null, NOW)).isInstanceOf(Finding.Absent.class);
    }

    /** The end of what is remembered lies somewhere in a chunk, and lines in others. */
    @Test
    void a_long_log_is_compared_over_its_chunks() throws IOException {
        String line = "x".repeat(999) + "\n";
        LogCheckpoint before = remembered(line.repeat(200));
        Files.writeString(log(), line.repeat(350) + "half");
        assertThat(LogWitness.compare(log(), before, NOW))
                .isEqualTo(new Finding.Consistent(
                        new LogCheckpoint(350_000, 350, Digests.sha256Hex(line.repeat(350)), NOW.toString())));
        Files.writeString(log(), line.repeat(199) + "y".repeat(1000) + line.repeat(10));
        assertThat(broken(before).sentence()).contains("not its beginning");
    }

    private Finding.Broken broken(LogCheckpoint before) throws IOException {
        return (Finding.Broken) LogWitness.compare(log(), before, NOW);
    }
}
