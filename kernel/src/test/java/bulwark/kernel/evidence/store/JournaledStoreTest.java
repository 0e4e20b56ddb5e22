package bulwark.kernel.evidence.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.journal.JournalExport;
import bulwark.kernel.evidence.journal.JournalExportVerifier;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.evidence.store.AuditedStore.Layout;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.StoreAtRest;
import bulwark.kernel.storage.StoreRefused;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class JournaledStoreTest {
    private static final AuditTable AUDIT = AuditTable.of("test_audit");
    private static final Layout LAYOUT =
            new Layout(AUDIT, AuditTable.migration("db/test/V101__audit.sql", AUDIT), List.of(), true);

    @TempDir
    Path folder;

    @Test
    void a_journal_lies_beside_the_store_and_its_head_is_signed_with_the_others() throws Exception {
        write("a", 3);
        write("b", 2);
        assertThat(fsck()).isEmpty();
        assertThat(Files.readString(Layout.logFile(file()))).contains("decision_journal");
        try (StoreAtRest store = StoreAtRest.open(file())) {
            assertThat(AuditedStoreFsck.of(store, file(), LAYOUT).run().checked())
                    .anyMatch(check -> check.startsWith("the segments of the journal"));
        }
    }

    @Test
    void a_journal_that_was_cut_behind_a_signed_head_refuses_the_start_and_the_owner_can_accept_it() throws Exception {
        write("a", 3);
        Path segment = segment();
        byte[] older = Files.readAllBytes(segment);
        write("b", 3);
        Files.write(segment, older);
        assertThat(fsck()).anyMatch(sentence -> sentence.contains("is missing, the signed head names it"));
        Matcher word = Pattern.compile("TEST_ACCEPT=(\\w+)").matcher(refusal());
        assertThat(word.find()).isTrue();
        open(word.group(1)).close();
        open("").close();
        assertThat(fsck()).isEmpty();
    }

    @Test
    void a_journal_whose_segments_are_all_gone_refuses_the_start() throws Exception {
        write("a", 3);
        Files.delete(segment());
        assertThat(fsck()).isNotEmpty();
        assertThat(refusal()).contains("decision_journal");
    }

    @Test
    void a_rewritten_journal_is_found_though_it_is_whole_in_itself() throws Exception {
        write("a", 3);
        Path other = folder.resolve("other");
        Files.createDirectory(other);
        Path kept = folder;
        folder = other;
        write("x", 3);
        byte[] rewritten = Files.readAllBytes(segment());
        folder = kept;
        Files.write(segment(), rewritten);
        assertThat(fsck()).anyMatch(sentence -> sentence.contains("is not the one that the signed head names"));
        assertThat(refusal()).contains("is not the one that the signed head names");
    }

    @Test
    void a_forged_head_is_found() throws Exception {
        write("a", 3);
        Path log = Layout.logFile(file());
        String forged = Files.readString(log)
                .replaceAll("(\"decision_journal\":\\{(?:\"seq\":\\d+,)?\"hash\":\")[0-9a-f]{4}", "$1ffff");
        assertThat(forged).isNotEqualTo(Files.readString(log));
        Files.writeString(log, forged);
        assertThat(fsck()).anyMatch(sentence -> sentence.contains("signature that does not verify"));
    }

    @Test
    void an_export_proves_the_records_of_one_tenant_and_shows_nothing_of_another() throws Exception {
        write("acme", 5);
        write("globex-secret", 4);
        write("acme", 2);
        byte[] export = export("acme");
        assertThat(new String(export, StandardCharsets.UTF_8)).doesNotContain("globex");
        JournalExportVerifier.Report report = verify(export);
        assertThat(report.problems()).isEmpty();
        assertThat(report.records()).isEqualTo(7);
        assertThat(report.unvouched()).isZero();
        assertThat(report.about()).containsEntry("tenant", "acme");
    }

    @Test
    void every_change_of_an_export_is_found() throws Exception {
        write("acme", 3);
        write("globex", 2);
        write("acme", 1);
        String good = new String(export("acme"), StandardCharsets.UTF_8);
        List<String> lines = good.lines().toList();
        for (String edited : List.of(
                good.replaceFirst("acme 0", "acme 9"),
                good.replaceFirst("\"count\":\\d+", "\"count\":77"),
                good.replaceFirst("\"time_ms\":\\d", "\"time_ms\":7"),
                good.replaceFirst("\"salt\":\"..", "\"salt\":\"ab"),
                good.replaceFirst("\"index\":0", "\"index\":1"),
                good.replace("\"hash\":\"", "\"hash\":\"0"),
                String.join("\n", lines.subList(0, lines.size() - 1)) + "\n",
                String.join(
                                "\n",
                                Stream.concat(
                                                lines.stream().limit(2),
                                                lines.stream().skip(3))
                                        .toList()) + "\n",
                "")) {
            assertThat(edited).isNotEqualTo(good);
            assertThat(verify(edited.getBytes(StandardCharsets.UTF_8)).problems())
                    .as(edited)
                    .isNotEmpty();
        }
    }

    @Test
    void an_export_of_another_log_key_proves_nothing() throws Exception {
        write("acme", 3);
        LogKeys other = LogKeys.open(folder.resolve("other-keys"), Signing.fastest(), Clock.systemUTC());
        assertThat(JournalExportVerifier.verify(new ByteArrayInputStream(export("acme")), other)
                        .problems())
                .anyMatch(sentence -> sentence.contains("does not hold"));
    }

    private AuditedStore open(String word) {
        return AuditedStore.open(file(), LAYOUT, new Acceptance("TEST_ACCEPT", word), Clock.systemUTC());
    }

    private String refusal() {
        StringBuilder message = new StringBuilder();
        assertThatThrownBy(() -> open("").close())
                .isInstanceOfSatisfying(StoreRefused.class, refused -> message.append(refused.getMessage()));
        return message.toString();
    }

    /** Each record durable by itself, so a batch of its own. */
    private void write(String tenant, int records) {
        try (AuditedStore store = open("")) {
            for (int i = 0; i < records; i++) {
                byte[] text = (tenant + " " + i).getBytes(StandardCharsets.UTF_8);
                CompletableFuture<Boolean> durable = new CompletableFuture<>();
                store.journal().append(out -> out.raw(text), problem -> durable.complete(problem == null));
                assertThat(durable.orTimeout(60, TimeUnit.SECONDS).join()).isTrue();
            }
        }
    }

    private byte[] export(String tenant) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String storeId = StoreCheck.storeIdOf(Layout.keyFolder(file())).orElseThrow();
        new JournalExport(Layout.journalFolder(file()), Layout.logFile(file()), storeId)
                .write(
                        new JournalExport.Selection(
                                Map.of("tenant", tenant),
                                Instant.EPOCH,
                                Instant.now().plusSeconds(60),
                                record -> new String(record, StandardCharsets.UTF_8).startsWith(tenant)),
                        out);
        return out.toByteArray();
    }

    private JournalExportVerifier.Report verify(byte[] export) throws Exception {
        return JournalExportVerifier.verify(
                new ByteArrayInputStream(export), LogKeys.verifyOnly(Layout.keyFolder(file()), Signing.fastest()));
    }

    private List<String> fsck() {
        try (StoreAtRest store = StoreAtRest.open(file())) {
            return AuditedStoreFsck.of(store, file(), LAYOUT).run().sentences();
        }
    }

    private Path segment() throws Exception {
        try (Stream<Path> files = Files.list(Layout.journalFolder(file()))) {
            return files.filter(file -> file.toString().endsWith(".journal"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Path file() {
        return folder.resolve("test.db");
    }
}
