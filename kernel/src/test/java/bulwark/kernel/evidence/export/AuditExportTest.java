package bulwark.kernel.evidence.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class AuditExportTest {
    private static final AuditTable TABLE = AuditTable.of("test_audit");
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    Path folder;

    private Store store;
    private AuditLog log;
    private LogKeys keys;
    private FileExportHistory history;
    private AuditExport export;

    @BeforeEach
    void start() {
        store = Store.open(
                folder.resolve("store.db"),
                AuditTable.migration("db/exporttest/V101__audit.sql", TABLE),
                Store.SchemaPolicy.CREATE_OR_UPGRADE);
        log = AuditLog.open(store, TABLE, CLOCK);
        keys = LogKeys.open(folder.resolve("keys"), Signing.fastest(), CLOCK);
        history = FileExportHistory.open(folder.resolve("keys/exports.json"));
        export = new AuditExport(store, List.of(log), Map.of("store", "one"), new LogKeyFooters(keys), history, CLOCK);
        for (int i = 0; i < 20; i++) {
            write("thing_written", i);
        }
    }

    @AfterEach
    void stop() {
        history.close();
        log.close();
        store.close();
    }

    private void write(String type, int number) {
        AuditEvent event = new AuditEvent(type, "agent:a", "default", "f" + number, null, Map.of("n", number));
        store.write(tx -> log.append(tx, event));
    }

    private Path export(long since, String name) {
        Path out = folder.resolve(name);
        export.export(TABLE, since, out);
        return out;
    }

    private List<String> problems(Path... files) {
        return problems(new LogKeyFooters(LogKeys.verifyOnly(folder.resolve("keys"), Signing.fastest())), files);
    }

    private static List<String> problems(ExportKeys keys, Path... files) {
        return new ExportVerifier(keys).verify(List.of(files)).problems();
    }

    private Path edited(Path file, Edit edit) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        edit.apply(lines);
        return Files.writeString(folder.resolve("edited.jsonl"), String.join("\n", lines) + "\n");
    }

    private interface Edit {
        void apply(List<String> lines);
    }

    /** Whoever can write the file drops the triggers first. */
    private void tamper(String sql) throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("store.db"));
                Statement statement = raw.createStatement()) {
            for (String trigger : List.of("no_update", "no_delete", "in_order")) {
                statement.execute("DROP TRIGGER test_audit_" + trigger);
            }
            assertThat(statement.executeUpdate(sql)).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            UPDATE test_audit SET actor = 'agent:forged' WHERE seq = 7                               | Row 7 of test_audit does not fit its row_hash
            UPDATE test_audit SET detail = char(55357) WHERE seq = 20                                 | Row 20 of test_audit does not fit its row_hash
            DELETE FROM test_audit WHERE seq = 7                                                     | Row 8 of test_audit stands behind row 6
            DELETE FROM test_audit WHERE seq = 1                                                     | Row 2 of test_audit stands behind row 0
            """)
    void rows_that_were_changed_are_not_signed_and_leave_no_file(String edit, String sentence) throws Exception {
        tamper(edit.strip());

        assertThatThrownBy(() -> export(0, "a.jsonl"))
                .isInstanceOf(ExportRefused.class)
                .hasMessageStartingWith(sentence.strip())
                .hasMessageContaining("run fsck");
        assertThat(folder.resolve("a.jsonl")).doesNotExist();
        assertThat(history.lastFooter(TABLE)).isEmpty();
    }

    @Test
    void a_row_that_was_hashed_anew_is_not_signed_because_the_next_one_names_another() throws Exception {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        store.read(tx -> {
            columns.putAll(TABLE.reader().page(tx, 6, 7, 1).getFirst().columns());
            return 0;
        });
        columns.put("actor", "agent:forged");
        tamper("UPDATE test_audit SET actor = 'agent:forged', row_hash = '"
                + Digests.sha256Hex(CanonicalJson.bytes(columns)) + "' WHERE seq = 7");

        assertThatThrownBy(() -> export(0, "a.jsonl"))
                .isInstanceOf(ExportRefused.class)
                .hasMessageStartingWith("Row 8 of test_audit does not follow the row before it");
        assertThat(folder.resolve("a.jsonl")).doesNotExist();
    }

    @Test
    void an_export_verifies_offline_and_only_its_owner_reads_it() throws IOException {
        Path file = export(0, "a.jsonl");
        assertThat(problems(file)).isEmpty();
        assertThat(Files.readAllLines(file)).hasSize(1 + 20 + 1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void consecutive_exports_are_a_chain() throws IOException {
        Path first = export(0, "a.jsonl");
        write("thing_written", 100);
        long last = lastSeq(first);
        Path second = export(last, "b.jsonl");
        write("thing_written", 101);
        Path third = export(lastSeq(second), "c.jsonl");

        assertThat(problems(first, second, third)).isEmpty();
        assertThat(problems(first, third)).anyMatch(line -> line.contains("does not follow a.jsonl"));
        assertThat(problems(third, first, second))
                .as("the order on the command line does not matter")
                .isEmpty();
    }

    @Test
    void exports_with_a_gap_between_them_are_found() throws IOException {
        Path first = export(0, "a.jsonl");
        write("thing_written", 100);
        write("thing_written", 101);
        Path second = export(lastSeq(first) + 1, "b.jsonl");
        assertThat(problems(first, second)).anyMatch(line -> line.contains("are in none"));
    }

    @Test
    void an_edited_row_is_found() throws IOException {
        Path bad =
                edited(export(0, "a.jsonl"), lines -> lines.set(5, lines.get(5).replace("agent:a", "agent:b")));
        assertThat(problems(bad))
                .anyMatch(line -> line.contains("was edited"))
                .anyMatch(line -> line.contains("content"));
    }

    @Test
    void a_missing_row_and_another_order_are_found() throws IOException {
        Path file = export(0, "a.jsonl");
        assertThat(problems(edited(file, lines -> lines.remove(7))))
                .anyMatch(line -> line.contains("does not follow row"));
        assertThat(problems(edited(file, lines -> Collections.swap(lines, 4, 5))))
                .anyMatch(line -> line.contains("does not follow row"));
    }

    @Test
    void a_cut_tail_is_found_wherever_it_is_cut() throws IOException {
        byte[] whole = Files.readAllBytes(export(0, "a.jsonl"));
        Random random = new Random(3);
        for (int i = 0; i < 40; i++) {
            byte[] cut = java.util.Arrays.copyOf(whole, random.nextInt(whole.length));
            Path file = Files.write(folder.resolve("cut.jsonl"), cut);
            assertThat(problems(file)).isNotEmpty();
        }
        assertThat(problems(edited(folder.resolve("a.jsonl"), List::removeLast)))
                .anyMatch(line -> line.contains("the footer is missing"));
    }

    @Test
    void an_export_signed_by_another_key_is_refused() {
        Path file = export(0, "a.jsonl");
        LogKeys others = LogKeys.open(folder.resolve("others"), Signing.fastest(), CLOCK);
        assertThat(problems(new LogKeyFooters(others), file)).anyMatch(line -> line.contains("does not hold"));
    }

    @Test
    void an_export_never_overwrites() {
        export(0, "a.jsonl");
        assertThatThrownBy(() -> export(0, "a.jsonl")).isInstanceOf(ExportRefused.class);
    }

    @Test
    void a_link_in_the_place_of_the_target_is_never_followed() throws IOException {
        Path mine = Files.writeString(folder.resolve("mine.txt"), "mine");
        Files.createSymbolicLink(folder.resolve("a.jsonl"), mine);
        Files.createSymbolicLink(folder.resolve("b.jsonl"), folder.resolve("made.txt"));
        assertThatThrownBy(() -> export(0, "a.jsonl")).isInstanceOf(ExportRefused.class);
        assertThatThrownBy(() -> export(0, "b.jsonl")).isInstanceOf(ExportRefused.class);
        assertThat(mine).hasContent("mine");
        assertThat(folder.resolve("made.txt")).doesNotExist();
    }

    @Test
    void altered_files_give_problems_and_never_anything_else() throws IOException {
        byte[] good = Files.readAllBytes(export(0, "a.jsonl"));
        ExportKeys given = new LogKeyFooters(keys);
        Random random = new Random(104);
        for (int i = 0; i < 1500; i++) {
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            bad[at] = (byte) (bad[at] ^ (1 + random.nextInt(255)));
            ExportFile file = ExportFile.read("bad", new ByteArrayInputStream(bad));
            file.check(given);
            assertThat(file.problems())
                    .as("byte %s of %s", at, new String(good, StandardCharsets.UTF_8))
                    .isNotEmpty();
        }
    }

    @Test
    void full_exports_that_differ_in_one_row_are_not_whole() throws IOException {
        Path before = export(0, "a.jsonl");
        Path after = forged(export(0, "b.jsonl"), rows -> rows.get(3).put("actor", "agent:forged"));

        assertThat(problems(after)).as("each by itself").isEmpty();
        assertThat(problems(before, after)).anyMatch(line -> line.contains("row 4 is not the one"));
        assertThat(problems(after, before)).anyMatch(line -> line.contains("row 4 is not the one"));
    }

    @Test
    void an_export_from_the_start_that_begins_later_is_found() throws IOException {
        Path cut = forged(export(0, "a.jsonl"), rows -> {
            rows.removeFirst();
            rows.removeFirst();
        });
        assertThat(problems(cut)).anyMatch(line -> line.contains("must begin with row 1"));
    }

    @Test
    void a_first_row_without_a_row_before_it_is_row_1() throws IOException {
        Path rootless = forged(export(5, "a.jsonl"), rows -> rows.getFirst().put("prev_hash", null));
        assertThat(problems(rootless)).anyMatch(line -> line.contains("row 6 names no row before it"));
        Path rooted = forged(export(0, "b.jsonl"), rows -> rows.getFirst().put("prev_hash", "00"));
        assertThat(problems(rooted)).anyMatch(line -> line.contains("row 1 names a row before it"));
    }

    @Test
    void an_empty_export_between_two_hides_no_rows() throws IOException {
        Path first = export(0, "a.jsonl");
        long last = lastSeq(first);
        write("thing_written", 100);
        Path empty = export(last + 3, "b.jsonl");
        for (int i = 0; i < 6; i++) {
            write("thing_written", 101 + i);
        }
        Path third = export(last + 4, "c.jsonl");

        assertThat(lastSeq(empty)).isZero();
        assertThat(problems(first, empty, third)).anyMatch(line -> line.contains("are in none"));
    }

    @Test
    void a_later_export_that_ends_earlier_shows_that_the_table_was_cut() throws IOException {
        Path before = export(0, "a.jsonl");
        Path after = forged(
                export(0, "b.jsonl"), rows -> rows.subList(10, rows.size()).clear());

        assertThat(problems(before, after)).anyMatch(line -> line.contains("the table was cut"));
    }

    @Test
    void two_exports_that_name_the_same_one_before_them_are_found() throws IOException {
        Path first = export(0, "a.jsonl");
        Path second = export(0, "b.jsonl");
        Path other = forged(second, rows -> rows.removeLast());

        assertThat(problems(first, second, other)).anyMatch(line -> line.contains("names the same export before it"));
    }

    @Test
    void the_footer_is_signed_for_its_purpose_by_one_log_key() {
        Path file = export(0, "a.jsonl");
        byte[] publicKey = keys.current().publicKey();
        assertThat(problems(new LogKeyFooters(LogKeys.of(publicKey, Signing.fastest())), file))
                .isEmpty();
    }

    @Test
    void the_history_is_held_by_one_exporter_at_a_time() throws IOException {
        Path file = folder.resolve("keys/exports.json");
        assertThatThrownBy(() -> FileExportHistory.open(file)).hasMessageContaining("under way");
        export(0, "a.jsonl");
        history.close();
        try (FileExportHistory again = FileExportHistory.open(file)) {
            assertThat(again.lastFooter(TABLE)).isPresent();
            assertThat(again.lastFooter(AuditTable.of("other_audit"))).isEmpty();
            Files.writeString(file, "{");
            assertThatThrownBy(() -> again.lastFooter(TABLE))
                    .isInstanceOf(ExportRefused.class)
                    .hasMessageContaining("is damaged");
        }
    }

    /** Rows changed by a holder of the key, or signed on request: hashes and signature fit again. */
    private Path forged(Path file, Forgery forgery) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size() - 1)) {
            rows.add(new LinkedHashMap<>(PlainJson.object(StrictJson.parse(line.getBytes(StandardCharsets.UTF_8)))));
        }
        forgery.apply(rows);
        StringBuilder content = new StringBuilder(lines.getFirst()).append('\n');
        Object previous = rows.getFirst().get("prev_hash");
        for (Map<String, @Nullable Object> row : rows) {
            row.put("prev_hash", previous);
            row.remove("row_hash");
            previous = Digests.sha256Hex(CanonicalJson.bytes(row));
            row.put("row_hash", previous);
            content.append(CanonicalJson.text(row)).append('\n');
        }
        Map<String, @Nullable Object> footer = new LinkedHashMap<>(
                PlainJson.object(StrictJson.parse(lines.getLast().getBytes(StandardCharsets.UTF_8))));
        footer.remove("signature");
        footer.put("rows", (long) rows.size());
        footer.put("first_seq", rows.getFirst().get("seq"));
        footer.put("last_seq", rows.getLast().get("seq"));
        footer.put("head_row_hash", previous);
        footer.put("content_hash", Digests.sha256Hex(content.toString()));
        footer.remove("key_id");
        ExportFooter signed = ExportFooter.sign(footer, new LogKeyFooters(keys));
        content.append(new String(signed.line(), StandardCharsets.UTF_8)).append('\n');
        return Files.writeString(folder.resolve("forged-" + file.getFileName()), content);
    }

    private interface Forgery {
        void apply(List<Map<String, @Nullable Object>> rows);
    }

    private static long lastSeq(Path file) throws IOException {
        String footer = Files.readAllLines(file).getLast();
        return Long.parseLong(footer.replaceAll(".*\"last_seq\":(\\d+).*", "$1"));
    }
}
