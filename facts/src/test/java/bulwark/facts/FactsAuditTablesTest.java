package bulwark.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditRow;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.Store;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class FactsAuditTablesTest {
    private static final String FIRST_HASH = "289cbb4bbe47834464e4158e15769f2c8b4b1ca156c4da7bc875e31be56c1fd8";
    private static final String SECOND_HASH = "08bd1689c143e6220ff7de15c75499ac540e9be0f82e21280fcf2c338365763d";

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("facts.db");
    }

    private Store open() {
        return Store.open(file(), FactsAuditTables.MIGRATION, Store.SchemaPolicy.CREATE_OR_UPGRADE);
    }

    static Stream<AuditTable> tables() {
        return FactsAuditTables.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void both_tables_take_rows_and_reject_every_change(AuditTable table) {
        try (Store store = open();
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
                        .hasMessageContaining(table.name());
            }
            assertThat(store.read(log::fsck)).isEmpty();
        }
    }

    /** Stores compare it: with another one none of them would open again after the next migration. */
    @Test
    void the_script_of_the_tables_has_the_checksum_that_stores_remember() {
        try (Store store = open()) {
            assertThat(store.<List<Object>>read(tx -> {
                        try (ResultSet row = tx.statement("SELECT script, checksum FROM flyway_schema_history")
                                .executeQuery()) {
                            return List.of(row.getString(1), row.getInt(2));
                        }
                    }))
                    .containsExactly("db/facts/V101__audit.sql", 302620104);
        }
    }

    /** Rows of a store from before the kernel had names of its own for these columns. */
    @Test
    void the_chain_of_a_store_that_is_there_stays_whole_and_goes_on() throws Exception {
        open().close();
        try (var raw = DriverManager.getConnection("jdbc:sqlite:" + file());
                var sql = raw.createStatement()) {
            sql.execute("INSERT INTO fact_audit_log VALUES (1, '00000001-0000-4000-8000-000000000000', 'fact_write',"
                    + " 'agent:a', NULL, 'fact-1', NULL, NULL, '2026-03-01T12:00:00.000000+00:00', 'default',"
                    + " '{\"n\":1}', NULL, '" + FIRST_HASH + "')");
            sql.execute("INSERT INTO fact_audit_log VALUES (2, '00000002-0000-4000-8000-000000000000', 'fact_write',"
                    + " 'agent:a', NULL, 'fact-2', 'agent:b \"ü\"', NULL, '2026-03-01T12:00:00.000000+00:00', 'default',"
                    + " '{\"n\":2}', '" + FIRST_HASH + "', '" + SECOND_HASH + "')");
        }
        try (Store store = open();
                AuditLog log = AuditLog.open(store, FactsAuditTables.FACT_AUDIT_LOG, Clock.systemUTC())) {
            assertThat(store.read(log::fsck)).isEmpty();
            AuditEvent event = new AuditEvent("fact_write", "agent:a", "default", "fact-3", "agent:b", Map.of("n", 3));
            AuditRow row = store.write(tx -> log.append(tx, event));
            Map<String, @Nullable Object> hashed = new HashMap<>();
            hashed.put("seq", 3L);
            hashed.put("id", row.id());
            hashed.put("event_type", "fact_write");
            hashed.put("entity_uri", "agent:a");
            hashed.put("oidc_sub", null);
            hashed.put("fact_id", "fact-3");
            hashed.put("source", "agent:b");
            hashed.put("attested_key_id", null);
            hashed.put("ts", row.ts());
            hashed.put("tenant_id", "default");
            hashed.put("detail", "{\"n\":3}");
            hashed.put("prev_hash", SECOND_HASH);
            assertThat(row.rowHash()).isEqualTo(Digests.sha256Hex(CanonicalJson.bytes(hashed)));
            assertThat(store.read(log::fsck)).isEmpty();
        }
    }
}
