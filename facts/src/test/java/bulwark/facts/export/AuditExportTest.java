package bulwark.facts.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.FactsAuditTables;
import bulwark.facts.identity.Base64Url;
import bulwark.facts.identity.KeyDistrust;
import bulwark.facts.identity.KeyKind;
import bulwark.facts.identity.PlainJson;
import bulwark.facts.identity.TestNode;
import bulwark.kernel.evidence.AuditEvent;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
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

@Timeout(60)
class AuditExportTest {
    @TempDir
    Path folder;

    @Nullable
    private TestNode node;

    @Nullable
    private AuditExport export;

    @BeforeEach
    void start() {
        SettableClock clock = new SettableClock(TestNode.START);
        node = TestNode.start(folder, clock);
        export = new AuditExport(
                node.store(), node.audit(), List.of(node.audit(), node.federation()), node.identity(), clock);
        for (int i = 0; i < 20; i++) {
            write("fact_write", i);
        }
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void write(String type, int number) {
        AuditEvent event = new AuditEvent(type, "agent:a", "default", "f" + number, null, Map.of("n", number));
        node.store().write(tx -> node.audit().append(tx, event));
    }

    private Path export(long since, String name) {
        Path out = folder.resolve(name);
        export.export(FactsAuditTables.FACT_AUDIT_LOG, since, out);
        return out;
    }

    private String publicKey() {
        return Base64Url.text(node.identity().keys().node().signer().publicKey());
    }

    private List<String> problems(Path... files) {
        return problems(publicKey(), files);
    }

    private List<String> problems(String key, Path... files) {
        return new ExportVerifier(VerificationKeys.of(key, node.signing()))
                .verify(List.of(files))
                .problems();
    }

    private Path edited(Path file, Edit edit) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        edit.apply(lines);
        return Files.writeString(folder.resolve("edited.jsonl"), String.join("\n", lines) + "\n");
    }

    private interface Edit {
        void apply(List<String> lines);
    }

    @Test
    void an_export_verifies_offline_and_only_its_owner_reads_it() throws IOException {
        Path file = export(0, "a.jsonl");
        assertThat(problems(file)).isEmpty();
        assertThat(Files.readAllLines(file)).hasSize(1 + 22 + 1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void the_empty_federation_table_is_exported_too() {
        Path out = folder.resolve("f.jsonl");
        AuditExport.Exported exported = export.export(FactsAuditTables.FEDERATION_AUDIT, 0, out);
        assertThat(exported.footer()).containsEntry("rows", 0L);
        assertThat(problems(out)).isEmpty();
    }

    @Test
    void an_export_that_a_replaced_key_signed_later_is_refused() throws IOException {
        Ed25519Signer former = node.identity().keys().node().signer();
        node.clock().advance(Duration.ofDays(1));
        node.rotate(KeyKind.NODE);
        node.clock().advance(Duration.ofDays(1));
        Path manifest = Files.write(
                folder.resolve("manifest.json"), node.identity().published().body());
        Path genuine = export(0, "a.jsonl");
        assertThat(problems(manifest.toString(), genuine)).isEmpty();

        Path forged = edited(genuine, lines -> {
            Map<String, @Nullable Object> footer =
                    PlainJson.object(StrictJson.parse(lines.getLast().getBytes(StandardCharsets.UTF_8)));
            footer.remove("signature");
            lines.set(
                    lines.size() - 1,
                    new String(ExportFooter.sign(footer, former).line(), StandardCharsets.UTF_8));
        });
        assertThat(problems(manifest.toString(), forged))
                .anyMatch(line -> line.contains("had been replaced and signed no more"));
    }

    @Test
    void a_distrusted_key_vouches_for_no_export() throws IOException {
        Path file = export(0, "a.jsonl");
        String former = node.identity().keys().node().signer().keyId();
        node.rotate(KeyKind.NODE);
        new KeyDistrust(node.identity()).distrust(former, "seen in a paste");
        Path manifest = Files.write(
                folder.resolve("manifest.json"), node.identity().published().body());
        assertThat(problems(manifest.toString(), file)).anyMatch(line -> line.contains("which is not a given one"));
    }

    @Test
    void consecutive_exports_are_a_chain() throws IOException {
        Path first = export(0, "a.jsonl");
        write("fact_write", 100);
        long last = lastSeq(first);
        Path second = export(last, "b.jsonl");
        write("fact_write", 101);
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
        write("fact_write", 100);
        write("fact_write", 101);
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
        String stranger = Base64Url.text(
                Signing.fastest().signer(Signing.fastest().random32()).publicKey());
        assertThat(problems(stranger, file)).anyMatch(line -> line.contains("not a given one"));
    }

    @Test
    void a_manifest_verifies_exports_signed_before_a_rotation() throws IOException {
        Path before = export(0, "a.jsonl");
        node.rotate(KeyKind.NODE);
        Path after = export(0, "b.jsonl");
        Path manifest = Files.write(
                folder.resolve("manifest.json"), node.identity().published().body());
        assertThat(problems(manifest.toString(), before, after)).isEmpty();
        assertThat(problems(publicKey(), before)).isNotEmpty();
    }

    @Test
    void an_export_never_overwrites() {
        export(0, "a.jsonl");
        assertThatThrownBy(() -> export(0, "a.jsonl")).isInstanceOf(ExportRefused.class);
    }

    @Test
    void an_argument_that_is_neither_key_nor_manifest_is_refused() {
        assertThatThrownBy(() -> VerificationKeys.of("nonsense", node.signing()))
                .isInstanceOf(ExportRefused.class);
    }

    @Test
    void altered_files_give_problems_and_never_anything_else() throws IOException {
        byte[] good = Files.readAllBytes(export(0, "a.jsonl"));
        VerificationKeys keys = VerificationKeys.of(publicKey(), node.signing());
        Random random = new Random(104);
        for (int i = 0; i < 1500; i++) {
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            bad[at] = (byte) (bad[at] ^ (1 + random.nextInt(255)));
            ExportFile file = ExportFile.read("bad", new ByteArrayInputStream(bad));
            file.check(keys);
            assertThat(file.problems())
                    .as("byte %s of %s", at, new String(good, StandardCharsets.UTF_8))
                    .isNotEmpty();
        }
    }

    @Test
    void full_exports_that_differ_in_one_row_are_not_whole() throws IOException {
        Path before = export(0, "a.jsonl");
        Path after = forged(export(0, "b.jsonl"), rows -> rows.get(3).put("entity_uri", "agent:forged"));

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
        write("fact_write", 100);
        Path empty = export(last + 3, "b.jsonl");
        for (int i = 0; i < 6; i++) {
            write("fact_write", 101 + i);
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

    /** Rows changed by a holder of the node's key, or signed by the node on request: hashes and signature fit again. */
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
        ExportFooter signed =
                ExportFooter.sign(footer, node.identity().keys().node().signer());
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
