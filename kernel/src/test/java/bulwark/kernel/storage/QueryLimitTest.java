package bulwark.kernel.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.kernel.storage.QueryLimit.QueryStopped;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class QueryLimitTest {
    @TempDir
    Path folder;

    private static long count(Store store, long rows) {
        return store.read(tx -> {
            try (ResultSet row = tx.statement("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT "
                            + rows + ") SELECT count(*) FROM c")
                    .executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        });
    }

    @Test
    void a_query_that_runs_too_long_or_looks_at_too_many_rows_is_stopped_and_the_reader_goes_on() {
        try (Store store = NoteStore.open(folder.resolve("notes.db"))) {
            QueryLimit brief = new QueryLimit(Duration.ofMillis(50), Long.MAX_VALUE);
            QueryLimit narrow = new QueryLimit(Duration.ofMinutes(1), 100_000);
            for (int i = 0; i < 10; i++) {
                QueryStopped late = catchThrowableOfType(
                        QueryStopped.class, () -> brief.within(() -> count(store, Long.MAX_VALUE)));
                assertThat(late.tooBroad()).isFalse();
                QueryStopped broad =
                        catchThrowableOfType(QueryStopped.class, () -> narrow.within(() -> count(store, 1_000_000)));
                assertThat(broad.tooBroad()).isTrue();
            }
            assertThat(narrow.within(() -> count(store, 100))).isEqualTo(100);
            assertThat(count(store, 1_000_000)).as("outside of a limit").isEqualTo(1_000_000);
        }
    }
}
