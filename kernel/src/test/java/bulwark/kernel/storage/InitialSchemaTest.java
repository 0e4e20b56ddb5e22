package bulwark.kernel.storage;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitialSchemaTest {
    private static final Migrations MIGRATIONS = new Migrations(List.of(
                    "db/kernel/V001__outbox.sql", "db/kernel/V002__api_keys.sql", "db/kernel/V003__quota_buckets.sql"))
            .and(AuditTable.migration("db/storagetest/V101__audit.sql", AuditTable.of("test_audit")));

    @TempDir
    Path folder;

    @Test
    void a_new_store_is_what_flyway_would_have_made() throws Exception {
        Path ours = folder.resolve("ours.db");
        Path flyways = folder.resolve("flyway.db");
        StoreFile.create(ours, new InitialSchema(MIGRATIONS));
        OwnerOnlyFiles.createNew(flyways).close();
        FlywayMigrations.run(flyways, MIGRATIONS);
        String schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid";
        assertThat(rows(ours, schema)).isEqualTo(rows(flyways, schema));
        String history = "SELECT installed_rank, version, description, type, script, checksum, installed_by, success,"
                + " typeof(version), typeof(checksum), length(installed_on) FROM flyway_schema_history";
        assertThat(rows(ours, history)).hasSize(4).isEqualTo(rows(flyways, history));
    }

    private static List<List<String>> rows(Path file, String query) throws Exception {
        List<List<String>> rows = new ArrayList<>();
        try (Connection connection = Sqlite.open(file, "mode=ro");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    columns.add(String.valueOf(row.getString(i)).replaceAll("\\s+", " "));
                }
                rows.add(columns);
            }
        }
        return rows;
    }
}
