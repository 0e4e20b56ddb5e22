package bulwark.kernel.evidence.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AuditTableTest {
    private static final AuditEvent EVENT = new AuditEvent(
            "thing_changed", "agent:a", "default", "thing-1", null, Map.of("note", "ü \"quoted\"\n", "n", 1));

    /** Renames the columns of a table that {@link TestAudit#LISTED} described. */
    private static final AuditTable RENAMED = AuditTable.of("other_audit").formerly(TestAudit.LISTED);

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T12:00:00Z"));

    private Store open() {
        return Store.open(folder.resolve("audit.db"), TestAudit.MIGRATION, Store.SchemaPolicy.CREATE_OR_UPGRADE);
    }

    static Stream<AuditTable> tables() {
        return Stream.of(TestAudit.TABLE, TestAudit.OTHER);
    }

    @ParameterizedTest
    @MethodSource("tables")
    void the_hash_of_a_row_is_that_of_its_columns_by_their_names(AuditTable table) {
        try (Store store = open();
                AuditLog log = AuditLog.open(store, table, clock)) {
            for (int i = 0; i < 3; i++) {
                store.write(tx -> log.append(tx, EVENT));
            }
            List<HashedRow> rows = store.read(tx -> table.reader().page(tx, 0, 99, 99));
            assertThat(rows).hasSize(3).allSatisfy(row -> {
                assertThat(row.fits()).isTrue();
                assertThat(row.columns()).containsOnlyKeys(table.columns().hashed());
                assertThat(Digests.sha256Hex(CanonicalJson.bytes(row.columns())))
                        .isEqualTo(row.rowHash());
            });
            assertThat(store.read(log::fsck)).isEmpty();
        }
    }

    @Test
    void a_new_part_hashes_an_actor_and_a_subject() {
        PendingAuditRow draft = PendingAuditRow.of(EVENT, clock.instant());
        assertThat(TestAudit.TABLE.json().text(7, "id-7", draft, "aa"))
                .isEqualTo("{\"actor\":\"agent:a\",\"detail\":\"{\\\"n\\\":1,\\\"note\\\":\\\"ü"
                        + " \\\\\\\"quoted\\\\\\\"\\\\n\\\"}\",\"event_type\":\"thing_changed\",\"id\":\"id-7\","
                        + "\"prev_hash\":\"aa\",\"seq\":7,\"source\":null,\"subject\":\"thing-1\","
                        + "\"tenant_id\":\"default\",\"ts\":\"2026-03-01T12:00:00.000000+00:00\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"entity_uri", "token", "thing_id", "zone"})
    void an_edit_of_a_column_that_a_format_has_besides_is_found(String column) throws Exception {
        try (Store store = open();
                AuditLog log = AuditLog.open(store, TestAudit.OTHER, clock)) {
            store.write(tx -> log.append(tx, EVENT));
        }
        edit("DROP TRIGGER other_audit_no_update", "UPDATE other_audit SET " + column + " = 'changed'");
        try (Store store = open()) {
            assertThat(fsck(store, TestAudit.OTHER)).singleElement().asString().contains("Row 1", "was changed");
        }
    }

    @Test
    void rows_from_before_a_migration_renamed_the_columns_stay_whole() throws Exception {
        write(TestAudit.OTHER, 2);
        rename();
        write(RENAMED, 2);
        try (Store store = renamed()) {
            assertThat(fsck(store, RENAMED)).isEmpty();
            List<HashedRow> rows = store.read(tx -> RENAMED.reader().page(tx, 0, 99, 99));
            assertThat(rows).extracting(HashedRow::fits).containsOnly(true);
            assertThat(rows.get(1).columns())
                    .containsOnlyKeys(TestAudit.LISTED.hashed())
                    .containsEntry("token", null);
            assertThat(rows.get(2).columns()).containsOnlyKeys(AuditColumns.NEUTRAL.hashed());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void an_edit_on_either_side_of_the_migration_is_found(int seq) throws Exception {
        write(TestAudit.OTHER, 2);
        rename();
        write(RENAMED, 2);
        edit("DROP TRIGGER other_audit_no_update", "UPDATE other_audit SET subject = 'another' WHERE seq = " + seq);
        try (Store store = renamed()) {
            assertThat(fsck(store, RENAMED)).singleElement().asString().contains("Row " + seq, "was changed");
        }
    }

    @Test
    void a_row_under_former_names_after_one_under_the_present_names_is_found() throws Exception {
        write(TestAudit.OTHER, 1);
        rename();
        write(RENAMED, 1);
        Map<String, @Nullable Object> planted = new TreeMap<>();
        TestAudit.LISTED.hashed().forEach(name -> planted.put(name, null));
        try (Store store = renamed()) {
            HashedRow last =
                    store.read(tx -> RENAMED.reader().page(tx, 1, 2, 1)).getFirst();
            planted.putAll(Map.of("seq", 3L, "id", "x", "event_type", "planted", "ts", "t", "tenant_id", "default"));
            planted.putAll(Map.of("detail", "{}", "prev_hash", last.rowHash()));
        }
        edit("INSERT INTO other_audit (seq, id, event_type, ts, tenant_id, detail, prev_hash, row_hash) VALUES"
                + " (3, 'x', 'planted', 't', 'default', '{}', '" + planted.get("prev_hash") + "', '"
                + Digests.sha256Hex(CanonicalJson.bytes(planted)) + "')");
        try (Store store = renamed()) {
            assertThat(fsck(store, RENAMED)).singleElement().asString().contains("Row 3", "was changed");
        }
    }

    @Test
    void names_that_are_none_are_refused() {
        assertThatThrownBy(() -> AuditTable.of("a; DROP TABLE b")).hasMessageContaining("not a table name");
        assertThatThrownBy(() -> new AuditColumns("a b", "c", List.of("a b", "c", "source")))
                .hasMessageContaining("not the columns");
        assertThatThrownBy(() -> new AuditColumns("a", "c", List.of("a", "c"))).hasMessageContaining("not the columns");
        assertThatThrownBy(() -> new AuditColumns("a", "detail", List.of("a", "detail", "source")))
                .hasMessageContaining("not the columns");
        assertThatThrownBy(() -> TestAudit.OTHER.formerly(AuditColumns.NEUTRAL)).hasMessageContaining("is new");
    }

    private void write(AuditTable table, int rows) {
        try (Store store = table == RENAMED ? renamed() : open();
                AuditLog log = AuditLog.open(store, table, clock)) {
            for (int i = 0; i < rows; i++) {
                store.write(tx -> log.append(tx, EVENT));
            }
        }
    }

    private static List<String> fsck(Store store, AuditTable table) {
        return store.read(tx -> AuditLog.fsckTable(tx, table));
    }

    private Store renamed() {
        Migrations schema =
                TestAudit.MIGRATION.and(Migrations.generated("db/evidencetest/V102__renamed.sql", RENAMING));
        return Store.open(folder.resolve("audit.db"), schema, Store.SchemaPolicy.CREATE_OR_UPGRADE);
    }

    private void rename() {
        renamed().close();
    }

    private static final String RENAMING = """
            ALTER TABLE other_audit RENAME COLUMN entity_uri TO actor;
            ALTER TABLE other_audit RENAME COLUMN thing_id TO subject;
            ALTER TABLE other_audit DROP COLUMN token;
            ALTER TABLE other_audit DROP COLUMN zone;
            """;

    private void edit(String... statements) throws Exception {
        try (var raw = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("audit.db"));
                var sql = raw.createStatement()) {
            for (String statement : statements) {
                sql.execute(statement);
            }
        }
    }
}
