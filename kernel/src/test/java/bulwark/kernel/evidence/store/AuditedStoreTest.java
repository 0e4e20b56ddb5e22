package bulwark.kernel.evidence.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.access.ApiKeys.NewKey;
import bulwark.kernel.access.ApiKeys.Verdict;
import bulwark.kernel.evidence.AuditEventType;
import bulwark.kernel.evidence.AuditTable;
import bulwark.kernel.evidence.Fsck;
import bulwark.kernel.evidence.StoreOpening.Acceptance;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.storage.StoreAtRest;
import bulwark.kernel.storage.StoreRefused;
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
    void a_registered_key_works_is_audited_once_and_leaves_a_clean_store() {
        try (AuditedStore store = open("")) {
            register(store);
            register(store);

            assertThat(store.keys().authenticate(RAW)).isInstanceOf(Verdict.Known.class);
            assertThat(store.problem()).isNull();
        }
        Fsck.Report report = fsck();
        assertThat(report.sentences()).isEmpty();
        assertThat(report.checked()).contains("test_audit", "signed heads in the log and the key folder");
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

    private Fsck.Report fsck() {
        try (StoreAtRest store = StoreAtRest.open(file())) {
            return AuditedStore.fsck(store, file(), LAYOUT).run();
        }
    }

    private void edit(String sql) throws Exception {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }
}
