package bulwark.kernel.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.sqlite.NativeLibraryNotFoundException;

class SqliteLibraryTest {
    @Test
    void a_missing_native_library_is_told_from_a_damaged_file() {
        SQLException missing = new SQLException(
                "Error opening connection", new NativeLibraryNotFoundException("No native library found"));
        SQLException forbidden =
                new SQLException("Error opening connection", new UnsatisfiedLinkError("failed to map"));

        assertThat(Sqlite.missingLibrary(missing)).contains("No native library found");
        assertThat(Sqlite.missingLibrary(forbidden)).contains("failed to map");
        assertThat(Sqlite.missingLibrary(new SQLException("file is not a database")))
                .isEmpty();
    }
}
