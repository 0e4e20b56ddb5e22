package bulwark.kernel.evidence.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.access.ApiKeys.NewKey;
import bulwark.kernel.access.ApiKeys.Verdict;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.storage.StoreAtRest;
import bulwark.kernel.storage.StoreRefused;
import bulwark.testkit.FolderImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditedStoreTest {
    private static final AuditTable AUDIT = AuditTable.of("test_audit");
    private static final AuditedStore.Layout LAYOUT =
            new AuditedStore.Layout(AUDIT, AuditTable.migration("db/test/V101__audit.sql", AUDIT), List.of());
    private static final AuditEventType MADE = AuditEventType.of("key_made", "a key was stored");
    private static final AuditEventType DONE = AuditEventType.of("done", "something was done");
    private static final String RAW = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private AuditedStore open(String word) {
        return AuditedStore.open(file(), LAYOUT, new Acceptance("TEST_ACCEPT", word), Clock.systemUTC());
    }

    private Path file() {
        return folder.resolve("test.db");
    }

    private static void register(AuditedStore store) {
        NewKey key = new NewKey("agent:a", Set.of("read"), "a key", "default", null);
        store.register(SecretBytes.ofText(RAW), key, MADE);
    }

    @Test
    void a_store_without_api_keys_has_no_table_of_them_and_is_vouched_for_all_the_same() {
        AuditedStore.Layout layout =
                AuditedStore.Layout.ofAudit(AUDIT, AuditTable.migration("db/test/V101__audit.sql", AUDIT));
        try (AuditedStore store =
                AuditedStore.open(file(), layout, new Acceptance("TEST_ACCEPT", ""), Clock.systemUTC())) {
            store.store().write(tx -> store.audit().append(tx, DONE.event(null, "default", "x", null, Map.of())));
            assertThat(store.store().<Boolean>read(tx -> {
                        try (var row = tx.statement("SELECT 1 FROM sqlite_schema WHERE name = 'api_keys'")
                                .executeQuery()) {
                            return row.next();
                        }
                    }))
                    .isFalse();
            assertThatThrownBy(store::keys).isInstanceOf(IllegalStateException.class);
        }
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(file())) {
            assertThat(AuditedStoreFsck.of(store, file(), layout).run().sentences())
                    .isEmpty();
        }
    }

    @Test
    void a_rollback_of_the_whole_folder_is_refused_because_of_the_second_place(@TempDir Path elsewhere)
            throws Exception {
        ConfiguredPath second = new ConfiguredPath(elsewhere.resolve("head.json"), "TEST_HEAD_PATH");
        Acceptance acceptance = new Acceptance("TEST_ACCEPT", "");
        try (AuditedStore store = AuditedStore.open(file(), LAYOUT, second, acceptance, Clock.systemUTC())) {
            register(store);
        }
        Path older = elsewhere.resolve("older");
        FolderImage.copyTree(folder, older);
        try (AuditedStore store = AuditedStore.open(file(), LAYOUT, second, acceptance, Clock.systemUTC())) {
            store.store().write(tx -> store.audit().append(tx, DONE.event(null, "default", "x", null, Map.of())));
        }
        FolderImage.copyTree(older, folder);

        assertThatThrownBy(() -> AuditedStore.open(file(), LAYOUT, second, acceptance, Clock.systemUTC()))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("does not hold leaf");
    }

    @Test
    void a_registered_key_works_is_audited_once_and_leaves_a_clean_store() {
        try (AuditedStore store = open("")) {
            register(store);
            register(store);

            assertThat(store.keys().authenticate(RAW)).isInstanceOf(Verdict.Known.class);
            assertThat(store.problem()).isNull();
        }
        Fsck.Report report = fsck();
        assertThat(report.sentences()).isEmpty();
        assertThat(report.checked())
                .contains("the audit chain test_audit of " + file(), "the signed heads of " + file());
        try (StoreAtRest store = StoreAtRest.open(file())) {
            assertThat(store.<Long>read(tx -> {
                        try (var rows =
                                tx.statement("SELECT count(*) FROM test_audit").executeQuery()) {
                            rows.next();
                            return rows.getLong(1);
                        }
                    }))
                    .isEqualTo(1);
        }
    }

    @Test
    void a_key_that_was_edited_in_the_file_does_not_work_and_is_found() throws Exception {
        try (AuditedStore store = open("")) {
            register(store);
        }
        edit("UPDATE api_keys SET permissions = '[\"admin\"]'");

        assertThat(fsck().sentences()).anyMatch(sentence -> sentence.contains("changed by hand"));
        try (AuditedStore store = open("")) {
            assertThat(store.keys().authenticate(RAW)).isInstanceOf(Verdict.Unknown.class);
        }
    }

    @Test
    void a_store_whose_signed_rows_are_gone_is_refused_until_the_owner_accepts_the_loss() throws Exception {
        try (AuditedStore store = open("")) {
            store.store().write(tx -> store.audit().append(tx, DONE.event(null, "default", null, null, Map.of())));
        }
        edit("DROP TRIGGER test_audit_no_delete");
        edit("DELETE FROM test_audit");

        assertThatThrownBy(() -> open("")).isInstanceOf(StoreRefused.class).satisfies(refused -> {
            var word = Pattern.compile("TEST_ACCEPT=(\\w+)").matcher(refused.getMessage());
            assertThat(word.find()).isTrue();
            try (AuditedStore store = open(word.group(1))) {
                assertThat(store.problem()).isNull();
            }
        });
    }

    @Test
    void an_audit_row_whose_contents_were_edited_is_refused_at_start() throws Exception {
        try (AuditedStore store = open("")) {
            register(store);
        }
        edit("DROP TRIGGER test_audit_no_update");
        edit("UPDATE test_audit SET detail = json_set(detail, '$.row_digests.\"api_keys/planted\"', 'x')");

        assertThatThrownBy(() -> open(""))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("Row 1 of test_audit was changed after it was written");
    }

    @Test
    void a_running_store_goes_by_what_it_proved_and_its_rescan_finds_an_edited_row() throws Exception {
        try (AuditedStore store = open("")) {
            register(store);
            edit("DROP TRIGGER test_audit_no_update");
            edit("UPDATE test_audit SET detail = json_remove(detail, '$.row_digests')");

            assertThat(store.keys().authenticate(RAW)).isInstanceOf(Verdict.Known.class);
            store.rescan();
            assertThat(store.problem()).contains("Row 1 of test_audit was changed after it was written");
        }
    }

    @Test
    void rows_that_were_added_while_no_process_had_the_store_open_are_refused() throws Exception {
        try (AuditedStore store = open("")) {
            done(store, 2);
        }
        byte[] remembered = Files.readAllBytes(proven());
        try (AuditedStore store = open("")) {
            done(store, 1);
        }
        // Heads that name row 2 only, and a row 3 whose hash is right.
        Files.write(proven(), remembered);
        assertThatThrownBy(() -> open(""))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("Rows 3 to 3 of test_audit were added while no process had the store open");
    }

    @Test
    void of_a_long_log_the_proven_part_is_compared_and_the_rest_is_read() throws Exception {
        try (AuditedStore store = open("")) {
            register(store);
            done(store, 5_001);
        }
        edit("DROP TRIGGER test_audit_no_update");
        edit("UPDATE test_audit SET source = 'edited' WHERE seq = 7");
        try (AuditedStore store = open("")) {
            assertThat(store.keys().authenticate(RAW)).isInstanceOf(Verdict.Known.class);
            store.rescan();
            assertThat(store.problem()).contains("Row 7 of test_audit was changed");
        }
        edit("UPDATE test_audit SET detail = json_remove(detail, '$.row_digests') WHERE seq = 1");
        assertThatThrownBy(() -> open(""))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("Row 1 of test_audit was changed after it was written");
    }

    private static void done(AuditedStore store, int rows) {
        store.store().write(tx -> {
            for (int i = 0; i < rows; i++) {
                store.audit().append(tx, DONE.event(null, "default", null, null, Map.of()));
            }
            return rows;
        });
    }

    private Path proven() {
        return AuditedStore.Layout.keyFolder(file()).resolve("test_audit.proven.json");
    }

    private Fsck.Report fsck() {
        try (StoreAtRest store = StoreAtRest.open(file())) {
            return AuditedStoreFsck.of(store, file(), LAYOUT).run();
        }
    }

    private void edit(String sql) throws Exception {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }
}
