package bulwark.kernel.evidence.audit;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.storage.Store;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Edits made past the program, as someone with the file would make them. */
@Timeout(30)
class AuditTamperTest {
    @TempDir
    Path folder;

    private Path file;
    private ChainHead head;

    @BeforeEach
    void five_rows() {
        file = folder.resolve("audit.db");
        try (Store store = open();
                AuditLog log = AuditLog.open(store, TestAudit.TABLE, Clock.systemUTC())) {
            for (int i = 1; i <= 5; i++) {
                Map<String, Integer> detail = Map.of("n", i);
                store.write(tx ->
                        log.append(tx, new AuditEvent("fact_write", "agent:a", "default", "fact", "source", detail)));
            }
            head = store.read(log::head).orElseThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "seq",
                "id",
                "event_type",
                "actor",
                "subject",
                "source",
                "ts",
                "tenant_id",
                "detail",
                "prev_hash",
                "row_hash"
            })
    void an_edit_of_any_column_is_found(String column) throws Exception {
        String value = column.equals("seq") ? "33" : "'changed'";
        tamper("UPDATE test_audit SET " + column + " = " + value + " WHERE seq = 3");
        assertThat(fsck(null))
                .anySatisfy(problem -> assertThat(problem)
                        .contains(
                                column.equals("seq")
                                        ? "Row 3 of test_audit is missing"
                                        : "Row 3 of test_audit was changed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"actor", "subject", "source"})
    void a_value_that_was_emptied_is_found(String column) throws Exception {
        tamper("UPDATE test_audit SET " + column + " = NULL WHERE seq = 3");
        assertThat(fsck(null)).anySatisfy(problem -> assertThat(problem).contains("Row 3", "was changed"));
    }

    @Test
    void a_deletion_in_the_middle_is_found() throws Exception {
        tamper("DELETE FROM test_audit WHERE seq IN (2, 3)");
        assertThat(fsck(null)).anySatisfy(problem -> assertThat(problem).contains("Rows 2 to 3", "missing"));
    }

    @Test
    void a_deletion_that_closes_the_gap_is_found() throws Exception {
        tamper("DELETE FROM test_audit WHERE seq = 3", "UPDATE test_audit SET seq = seq - 1 WHERE seq > 3");
        assertThat(fsck(null)).isNotEmpty();
    }

    @Test
    void swapped_rows_are_found() throws Exception {
        tamper(
                "UPDATE test_audit SET seq = 99 WHERE seq = 2",
                "UPDATE test_audit SET seq = 2 WHERE seq = 3",
                "UPDATE test_audit SET seq = 3 WHERE seq = 99");
        assertThat(fsck(null)).isNotEmpty();
    }

    @Test
    void a_truncated_chain_is_found_by_a_recorded_head() throws Exception {
        tamper("DELETE FROM test_audit WHERE seq > 3");
        assertThat(fsck(null)).isEmpty();
        assertThat(fsck(head)).singleElement().asString().contains("tail", "ends at row 3", "row 5 is on record");
    }

    @Test
    void a_rewritten_chain_is_found_by_a_recorded_head() {
        ChainHead other = new ChainHead("test_audit", 4, head.hash());
        assertThat(fsck(other)).singleElement().asString().contains("Row 4", "not the one on record");
        assertThat(fsck(head)).isEmpty();
    }

    private void tamper(String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String trigger : List.of("no_update", "no_delete", "in_order")) {
                statement.execute("DROP TRIGGER test_audit_" + trigger);
            }
            for (String sql : statements) {
                assertThat(statement.executeUpdate(sql)).isPositive();
            }
        }
    }

    private List<String> fsck(ChainHead expected) {
        try (Store store = open();
                AuditLog log = AuditLog.open(store, TestAudit.TABLE, Clock.systemUTC())) {
            return expected == null ? store.read(log::fsck) : store.read(tx -> log.fsckAgainst(expected, tx));
        }
    }

    private Store open() {
        return Store.open(file, TestAudit.MIGRATION, Store.SchemaPolicy.CREATE_OR_UPGRADE);
    }
}
