package bulwark.kernel.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.concurrent.EssentialThread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.ResultSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class StoreTest extends StoreContract {
    @TempDir
    Path folder;

    private SqliteStore store;

    @Override
    protected Store open() {
        store = NoteStore.open(folder.resolve("notes.db"));
        return store;
    }

    @Test
    void an_error_that_ends_a_reader_reaches_the_caller_and_the_readers_go_on() {
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> store.read(tx -> {
                        throw new Error("made up") {
                            @Override
                            public String toString() {
                                throw new StackOverflowError("made up while it was told");
                            }
                        };
                    }))
                    .hasRootCauseInstanceOf(StackOverflowError.class);
        }
        assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains("store-reader"));
        assertThat(NoteStore.texts(store)).isEmpty();
    }

    @Test
    void a_full_disk_refuses_writes_serves_reads_and_heals() throws Exception {
        store.write(tx -> NoteStore.insert(tx, "before"));
        long pages = pragma("page_count");
        pragma("max_page_count = " + (pages + 4));
        assertThatThrownBy(() -> store.write(tx -> NoteStore.insert(tx, "x".repeat(100_000))))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("full");
        assertThat(NoteStore.texts(store)).containsExactly("before");
        pragma("max_page_count = " + (pages + 1_000));
        store.write(tx -> NoteStore.insert(tx, "after"));
        assertThat(NoteStore.texts(store)).containsExactly("before", "after");
    }

    @Test
    void the_files_belong_to_their_owner_alone() throws Exception {
        store.write(tx -> NoteStore.insert(tx, "x"));
        for (String name : List.of("notes.db", "notes.db-wal", "notes.db-shm", "notes.db.lock")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
                    .as(name)
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void a_copy_is_a_whole_store_of_its_own() throws Exception {
        store.write(tx -> NoteStore.insert(tx, "copied"));
        Path copy = folder.resolve("copy.db");
        store.copyTo(copy);
        store.write(tx -> NoteStore.insert(tx, "later"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rw-------");
        try (Store second = NoteStore.open(copy)) {
            assertThat(NoteStore.texts(second)).containsExactly("copied");
            assertThat(second.integrityCheck()).isEmpty();
        }
        assertThatThrownBy(() -> store.copyTo(copy))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("exists");
    }

    private long pragma(String text) {
        return store.write(tx -> {
            ResultSet row = tx.statement("PRAGMA " + text).executeQuery();
            return row.next() ? row.getLong(1) : -1;
        });
    }
}
