package bulwark.kernel.storage;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.storage.Store.SchemaPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SchemaStatusTest {
    @TempDir
    Path folder;

    @Test
    void without_a_store_every_migration_is_to_come() throws Exception {
        Files.createFile(file());
        assertThat(SchemaStatus.of(file(), NoteStore.BOTH))
                .isEqualTo(new SchemaStatus.Absent(NoteStore.BOTH.resources()));
    }

    @Test
    void a_store_with_all_migrations_is_current_also_while_it_is_open() {
        try (Store store = Store.open(file(), NoteStore.BOTH, SchemaPolicy.CREATE_OR_UPGRADE)) {
            assertThat(status()).isEqualTo(new SchemaStatus.Current(2));
        }
        assertThat(status()).isEqualTo(new SchemaStatus.Current(2));
    }

    @Test
    void a_migration_that_the_store_did_not_have_is_pending() {
        NoteStore.open(file()).close();
        assertThat(status()).isEqualTo(new SchemaStatus.Pending(List.of("db/storagetest/V002__more.sql")));
    }

    @Test
    void a_failed_row_weighs_more_than_an_edited_one_and_that_more_than_one_of_a_newer_program() throws Exception {
        Store.open(file(), NoteStore.BOTH, SchemaPolicy.CREATE_OR_UPGRADE).close();
        edit("INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum,"
                + " installed_by, execution_time, success) VALUES (9, '999', 'x', 'SQL', 'V999__x.sql', 1, '', 0, 1)");
        assertThat(status()).isEqualTo(new SchemaStatus.Newer(List.of("V999__x.sql")));

        edit("UPDATE flyway_schema_history SET checksum = 7 WHERE version = '001'");
        assertThat(status()).isEqualTo(new SchemaStatus.Edited(List.of("db/storagetest/V001__notes.sql")));

        edit("UPDATE flyway_schema_history SET success = 0 WHERE version = '002'");
        assertThat(status()).isEqualTo(new SchemaStatus.Interrupted(List.of("db/storagetest/V002__more.sql")));
    }

    @Test
    void a_migration_that_came_after_a_later_one_is_out_of_order() throws Exception {
        Store.open(file(), NoteStore.BOTH, SchemaPolicy.CREATE_OR_UPGRADE).close();
        edit("UPDATE flyway_schema_history SET installed_rank = 9 WHERE version = '001'");
        assertThat(status()).isEqualTo(new SchemaStatus.OutOfOrder(List.of("db/storagetest/V001__notes.sql")));
        edit("DELETE FROM flyway_schema_history WHERE version = '001'");
        assertThat(status()).isEqualTo(new SchemaStatus.OutOfOrder(List.of("db/storagetest/V001__notes.sql")));
    }

    @Test
    void a_schema_that_changes_beside_the_process_is_noticed() throws Exception {
        try (Store store = NoteStore.open(file())) {
            SchemaWatch watch = SchemaWatch.of(store, Duration.ZERO);
            store.write(tx -> NoteStore.insert(tx, "data changes nothing"));
            assertThat(store.<Boolean>read(watch::hasChanged)).isFalse();

            edit("ALTER TABLE notes ADD COLUMN extra TEXT");

            assertThat(store.<Boolean>read(watch::hasChanged)).isTrue();
        }
    }

    private SchemaStatus status() {
        return SchemaStatus.of(file(), NoteStore.BOTH);
    }

    private void edit(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private Path file() {
        return folder.resolve("notes.db");
    }
}
