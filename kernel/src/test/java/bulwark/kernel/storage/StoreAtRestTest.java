package bulwark.kernel.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.testkit.FolderImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class StoreAtRestTest {
    @TempDir
    Path folder;

    @TempDir
    Path crashed;

    @Test
    void a_closed_store_is_read_without_a_change_to_its_folder() throws IOException {
        Path file = folder.resolve("notes.db");
        try (SqliteStore store = NoteStore.open(file)) {
            store.write(tx -> NoteStore.insert(tx, "kept"));
        }
        Map<String, String> before = FolderImage.of(folder);

        try (StoreAtRest rest = StoreAtRest.open(file)) {
            assertThat(count(rest)).isEqualTo(1);
            assertThat(rest.integrityCheck()).isEmpty();
            assertThat(rest.schemaCheck(NoteStore.FIRST)).isEmpty();
        }

        assertThat(FolderImage.of(folder)).isEqualTo(before);
    }

    @Test
    void a_store_that_crashed_is_read_with_its_log_and_without_a_change_to_its_folder() throws IOException {
        try (SqliteStore store = NoteStore.open(folder.resolve("notes.db"))) {
            store.write(tx -> NoteStore.insert(tx, "only in the log"));
            for (String name : List.of("notes.db", "notes.db-wal", "notes.db.lock")) {
                Files.copy(folder.resolve(name), crashed.resolve(name));
            }
        }
        Map<String, String> before = FolderImage.of(crashed);

        try (StoreAtRest rest = StoreAtRest.open(crashed.resolve("notes.db"))) {
            assertThat(count(rest)).isEqualTo(1);
        }

        assertThat(FolderImage.of(crashed)).isEqualTo(before);
    }

    @Test
    void a_running_store_is_refused() {
        try (SqliteStore store = NoteStore.open(folder.resolve("notes.db"))) {
            assertThatThrownBy(() -> StoreAtRest.open(store.file())).isInstanceOf(StoreInUse.class);
        }
    }

    @Test
    void no_process_starts_on_a_store_that_is_being_read() throws IOException {
        Path file = folder.resolve("notes.db");
        NoteStore.open(file).close();
        try (StoreAtRest rest = StoreAtRest.open(file)) {
            assertThatThrownBy(() -> NoteStore.open(file)).isInstanceOf(RuntimeException.class);
            assertThat(count(rest)).isZero();
        }
        NoteStore.open(file).close();
    }

    @Test
    void what_is_no_store_is_refused() throws IOException {
        assertThatThrownBy(() -> StoreAtRest.open(folder.resolve("none.db"))).isInstanceOf(StoreRefused.class);
        Path other = Files.writeString(folder.resolve("other.db"), "x".repeat(200));
        assertThatThrownBy(() -> StoreAtRest.open(other)).isInstanceOf(StoreRefused.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TRIGGER extra AFTER INSERT ON notes BEGIN DELETE FROM notes; END",
                "DROP INDEX notes_text",
                "ALTER TABLE notes ADD COLUMN extra TEXT",
                "CREATE TABLE extra (id INTEGER)",
                "CREATE VIEW extra AS SELECT * FROM notes",
                "UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE installed_rank = 1",
                "DELETE FROM flyway_schema_history WHERE installed_rank = 1",
                "INSERT INTO flyway_schema_history SELECT 99, '99', 'x', 'SQL', 'db/x.sql', 1, '', '', 0, 1"
            })
    void a_schema_that_the_migrations_do_not_make_is_found(String edit) throws SQLException {
        Path file = folder.resolve("notes.db");
        NoteStore.open(file).close();
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement sql = raw.createStatement()) {
            sql.execute(edit);
        }
        try (StoreAtRest rest = StoreAtRest.open(file)) {
            assertThat(rest.schemaCheck(NoteStore.FIRST)).isNotEmpty();
        }
    }

    @Test
    void an_upgraded_store_has_the_expected_schema() {
        Path file = folder.resolve("notes.db");
        NoteStore.open(file).close();
        Store.open(file, NoteStore.BOTH, Store.SchemaPolicy.CREATE_OR_UPGRADE).close();
        try (StoreAtRest rest = StoreAtRest.open(file)) {
            assertThat(rest.schemaCheck(NoteStore.BOTH)).isEmpty();
        }
    }

    private static long count(ReadableStore store) {
        return store.read(tx -> {
            try (var rows = tx.statement("SELECT count(*) FROM notes").executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }
}
