package bulwark.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.evidence.AuditEvent;
import bulwark.kernel.evidence.AuditLog;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AuditTablesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"fact_audit_log", "federation_audit"})
    void both_tables_take_rows_and_reject_every_change(String table) {
        Migrations migrations = new Migrations(List.of("db/facts/V101__audit.sql"));
        Path file = folder.resolve("facts.db");
        try (Store store = Store.open(file, migrations, Store.SchemaPolicy.CREATE_OR_UPGRADE);
                AuditLog log = AuditLog.open(store, table, Clock.systemUTC())) {
            AuditEvent event = new AuditEvent("fact_write", null, "default", null, null, Map.of());
            store.write(tx -> log.append(tx, event));
            store.write(tx -> log.append(tx, event));
            for (String sql : List.of(
                    "UPDATE " + table + " SET ts = 'later'",
                    "DELETE FROM " + table,
                    "INSERT OR REPLACE INTO " + table + " SELECT * FROM " + table)) {
                assertThatThrownBy(() -> store.write(tx -> tx.statement(sql).executeUpdate()))
                        .as(sql)
                        .hasMessageContaining(table);
            }
            assertThat(store.read(log::fsck)).isEmpty();
        }
    }
}
