package bulwark.kernel.evidence.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileTransparencyLogTest {
    private static final Map<String, Object> CHECKPOINT = Map.of(
            "kind", "stigmem.fact_chain_checkpoint",
            "version", 1,
            "tenant_id", "default",
            "covered_chain_seq", 2,
            "chain_hash", "sha256:d30ae62c4d03ff2ff6f93dbd75c77d64d2fe1ae638b131d98675c95feee327f5",
            "created_at", "2026-01-01T00:00:02.000001+00:00");

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock(Instant.ofEpochSecond(1_767_225_600));

    private Path file() {
        return directory.resolve("tl.jsonl");
    }

    private TransparencyLog open() {
        return TransparencyLogs.local(file(), clock);
    }

    private static LogLeaf leaf(Object number) {
        return new LogLeaf(Map.of("kind", "test", "n", number), "key \"" + number + "\\");
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(file());
    }

    @Test
    void the_first_line_has_the_published_hashes() throws Exception {
        LogEntry entry = open().append(new LogLeaf(CHECKPOINT, "checkpoint-2"));
        assertThat(entry.leafHash()).isEqualTo("8c213bc33800811f3faea0bae0a9b3c5da17fbf6d7ea9aba4a7bfebe6d731033");
        assertThat(entry.inclusionProof())
                .isEqualTo(Map.of(
                        "prev_hash",
                        "0".repeat(64),
                        "chain_hash",
                        "11e22f653134b4f079f315b80a0f0109bed93ea5295622778a89838cc887889c"));
        assertThat(entry.logIndex()).isZero();
        assertThat(entry.integratedTime()).isEqualTo(1_767_225_600);
        assertThat(entry.logId()).hasSize(16);
        assertThat(entry.raw().get("payload")).isEqualTo(CHECKPOINT);
        assertThat(lines().getFirst())
                .startsWith("{\"index\":0,\"ts\":1767225600,\"leaf_hash\":\"8c21")
                .endsWith("}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(open().fsck()).isEmpty();
    }

    @Test
    void the_same_dedupe_key_yields_the_first_entry_now_and_after_a_restart() throws Exception {
        LogEntry first = open().append(leaf(1));
        TransparencyLog log = open();
        assertThat(log.append(new LogLeaf(Map.of("kind", "changed"), leaf(1).dedupeKey()))
                        .leafHash())
                .isEqualTo(first.leafHash());
        log.append(leaf(2));
        assertThat(log.append(leaf(2)).logIndex()).isEqualTo(1);
        assertThat(lines()).hasSize(2);
    }

    @Test
    void two_logs_on_one_file_append_to_one_chain() throws Exception {
        TransparencyLog node = open();
        TransparencyLog commandLine = open();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<LogEntry>> entries = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                LogLeaf leaf = leaf(i);
                TransparencyLog log = i % 2 == 0 ? node : commandLine;
                entries.add(threads.submit(() -> log.append(leaf)));
            }
            for (Future<LogEntry> entry : entries) {
                entry.get();
            }
        }
        assertThat(lines()).hasSize(60);
        assertThat(open().fsck()).isEmpty();
    }

    @Test
    void another_process_appends_to_the_same_chain() throws Exception {
        TransparencyLog log = open();
        for (int round = 0; round < 2; round++) {
            log.append(leaf("here " + round));
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            AppendOnce.class.getName(),
                            file().toString(),
                            "there " + round)
                    .inheritIO()
                    .start();
            log.append(leaf("beside " + round));
            assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(other.exitValue()).isZero();
        }
        assertThat(log.append(leaf("last")).logIndex()).isEqualTo(6);
        assertThat(log.fsck()).isEmpty();
    }

    /** A process of its own. */
    static final class AppendOnce {
        public static void main(String[] args) throws Exception {
            TransparencyLogs.local(Path.of(args[0]), java.time.Clock.systemUTC())
                    .append(leaf(args[1]));
        }
    }

    @Test
    void a_line_that_a_crash_left_unfinished_is_ended_and_accounted_for() throws Exception {
        TransparencyLog log = open();
        log.append(leaf(0));
        log.append(leaf(1));
        String whole = lines().get(1);
        for (int cut = 1; cut < whole.length(); cut += 17) {
            Files.writeString(file(), lines().getFirst() + "\n" + whole.substring(0, cut));
            TransparencyLog restarted = open();
            assertThat(restarted.fsck()).as("unfinished at %s", cut).isEmpty();
            assertThat(restarted.append(leaf(2)).logIndex()).isEqualTo(1);
            assertThat(restarted.append(leaf(3)).logIndex()).isEqualTo(2);
            assertThat(lines()).hasSize(4);
            assertThat(restarted.fsck()).as("repaired at %s", cut).isEmpty();
        }
    }

    @Test
    void a_crash_upon_a_crash_is_accounted_for() throws Exception {
        TransparencyLog log = open();
        log.append(leaf(0));
        Files.writeString(file(), "{\"index\":1,\"ts\":17\n{\"ind", StandardOpenOption.APPEND);
        assertThat(open().append(leaf(1)).logIndex()).isEqualTo(1);
        assertThat(open().append(leaf(2)).logIndex()).isEqualTo(2);
        assertThat(open().fsck()).isEmpty();
        Files.writeString(file(), Files.readString(file()).replace("\"ts\":17\n", "\"ts\":18\n"));
        assertThat(open().fsck()).hasSize(1);
    }

    @Test
    void a_record_that_lacks_only_its_line_feed_counts() throws Exception {
        open().append(leaf(0));
        Files.writeString(file(), lines().getFirst());
        TransparencyLog log = open();
        assertThat(log.append(leaf(1)).logIndex()).isEqualTo(1);
        assertThat(log.append(leaf(0)).logIndex()).isZero();
        assertThat(log.fsck()).isEmpty();
    }

    @Test
    void foreign_bytes_at_the_end_stop_the_log() throws Exception {
        open().append(leaf(0));
        Files.writeString(file(), "hello\n", StandardOpenOption.APPEND);
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> open().append(leaf(1)))
                .withMessageContaining("no crash explains");
        assertThat(open().fsck()).singleElement().asString().contains("line 2", "not a record");
    }

    @Test
    void an_edit_of_any_byte_of_any_record_is_found() throws Exception {
        TransparencyLog log = open();
        for (int i = 0; i < 4; i++) {
            log.append(leaf(i));
        }
        byte[] whole = Files.readAllBytes(file());
        Random random = new Random(11);
        for (int i = 0; i < 400; i++) {
            byte[] edited = whole.clone();
            int at = random.nextInt(whole.length - 1);
            edited[at] = (byte) (edited[at] ^ (1 + random.nextInt(127)));
            if (StrictJsonEquality.sameLines(whole, edited)) {
                continue;
            }
            Files.write(file(), edited);
            assertThat(open().fsck()).as("byte %s became %s", at, edited[at]).isNotEmpty();
        }
    }

    /** Edits that leave the JSON of every line the same, such as an escaped letter, are none. */
    private static final class StrictJsonEquality {
        static boolean sameLines(byte[] one, byte[] two) {
            String[] first = new String(one, StandardCharsets.UTF_8).split("\n", -1);
            String[] second = new String(two, StandardCharsets.UTF_8).split("\n", -1);
            if (first.length != second.length) {
                return false;
            }
            for (int i = 0; i < first.length - 1; i++) {
                try {
                    if (!StrictJson.parse(first[i].getBytes(StandardCharsets.UTF_8))
                            .equals(StrictJson.parse(second[i].getBytes(StandardCharsets.UTF_8)))) {
                        return false;
                    }
                } catch (StrictJson.JsonRefused e) {
                    return false;
                }
            }
            return true;
        }
    }

    @Test
    void removed_swapped_and_repeated_records_are_found() throws Exception {
        TransparencyLog log = open();
        for (int i = 0; i < 4; i++) {
            log.append(leaf(i));
        }
        List<String> whole = lines();
        for (List<Integer> order :
                List.of(List.of(0, 2, 3), List.of(1, 2, 3), List.of(0, 2, 1, 3), List.of(0, 1, 1, 2, 3))) {
            Files.write(file(), order.stream().map(whole::get).toList());
            assertThat(open().fsck()).as("%s", order).isNotEmpty();
        }
    }

    @Test
    void a_log_of_the_original_form_is_continued_and_a_stripped_record_is_found() throws Exception {
        TransparencyLog log = open();
        log.append(leaf(0));
        log.append(leaf(1));
        List<String> original = lines().stream()
                .map(line -> line.substring(0, line.indexOf(",\"dedupe_key\"")) + "}")
                .toList();
        Files.write(file(), original);
        TransparencyLog continued = open();
        assertThat(continued.append(leaf(2)).logIndex()).isEqualTo(2);
        continued.append(leaf(3));
        assertThat(continued.fsck()).isEmpty();
        List<String> stripped = new ArrayList<>(lines());
        String last = stripped.removeLast();
        stripped.add(last.substring(0, last.indexOf(",\"dedupe_key\"")) + "}");
        Files.write(file(), stripped);
        assertThat(open().fsck()).singleElement().asString().contains("line 4", "line_hash is missing");
    }

    @Test
    void a_log_that_shrinks_or_vanishes_under_the_node_stops_it() throws Exception {
        TransparencyLog log = open();
        log.append(leaf(0));
        log.append(leaf(1));
        String first = lines().getFirst();
        Files.writeString(file(), first + "\n");
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> log.append(leaf(2)))
                .withMessageContaining("became shorter");
        Files.delete(file());
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> log.append(leaf(2)))
                .withMessageContaining("vanished");
    }

    @Test
    void a_log_under_the_append_only_attribute_is_appended_and_repaired() throws Exception {
        open().append(leaf(0));
        Files.writeString(file(), "{\"index\":1,\"t", StandardOpenOption.APPEND);
        org.junit.jupiter.api.Assumptions.assumeTrue(chattr("+a"), "the file system has no append-only attribute");
        try {
            assertThat(open().append(leaf(1)).logIndex()).isEqualTo(1);
            assertThat(open().fsck()).isEmpty();
        } finally {
            chattr("-a");
        }
    }

    private boolean chattr(String attribute) throws Exception {
        try {
            return new ProcessBuilder("chattr", attribute, file().toString())
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noSuchCommand) {
            return false;
        }
    }

    @Test
    void the_newest_entry_of_a_kind_is_found_from_the_end() throws Exception {
        TransparencyLog log = open();
        assertThat(log.newest("test")).isEmpty();
        log.append(new LogLeaf(CHECKPOINT, "checkpoint"));
        String filler = "x".repeat(50_000);
        for (int i = 0; i < 5; i++) {
            log.append(new LogLeaf(Map.of("kind", "filler", "n", filler + i), "filler " + i));
        }
        LogEntry found = log.newest("stigmem.fact_chain_checkpoint").orElseThrow();
        assertThat(found.logIndex()).isZero();
        assertThat(((Map<?, ?>) found.raw().get("payload")).get("covered_chain_seq"))
                .isEqualTo(2L);
        assertThat(log.newest("filler").orElseThrow().logIndex()).isEqualTo(5);
        assertThat(log.newest("none")).isEmpty();
        Files.writeString(
                file(), Files.readString(file()).replace("\"covered_chain_seq\":2", "\"covered_chain_seq\":9"));
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> open().newest("stigmem.fact_chain_checkpoint"));
    }

    @Test
    void a_probe_changes_nothing_and_names_what_is_wrong() throws Exception {
        TransparencyLog log = open();
        log.ping();
        log.append(leaf(0));
        long size = Files.size(file());
        log.ping();
        assertThat(Files.size(file())).isEqualTo(size);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThatExceptionOfType(LogUnavailable.class).isThrownBy(log::ping).withMessageContaining("chmod 600");
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> TransparencyLogs.local(directory.resolve("none/tl.jsonl"), clock)
                        .ping());
    }

    @Test
    void a_log_that_is_off_is_always_unavailable() {
        assertThat(TransparencyLogs.off("NODE_LOG=off").backend()).isEqualTo("off");
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> TransparencyLogs.off("NODE_LOG=off").append(leaf(0)));
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> TransparencyLogs.off("NODE_LOG=off").ping());
    }

    @Test
    void an_append_of_values_of_every_kind_reads_back_the_same() throws Exception {
        Map<String, Object> payload = new HashMap<>();
        payload.put("text", "ü \"\\ \u0001 \uD83D\uDE00");
        payload.put("half", 0.5);
        payload.put("big", 1e22);
        payload.put("list", List.of(1, "a", List.of(), Map.of()));
        payload.put("nothing", null);
        payload.put("yes", true);
        TransparencyLog log = open();
        LogEntry first = log.append(new LogLeaf(payload, "all"));
        assertThat(log.fsck()).isEmpty();
        assertThat(open().append(new LogLeaf(payload, "all")).leafHash()).isEqualTo(first.leafHash());
        assertThat(lines()).hasSize(1);
    }
}
