package bulwark.facts.identity;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.time.SettableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PlantedOutboxTest {
    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(TestNode.START);

    @Test
    void rows_that_somebody_put_into_the_outbox_never_reach_the_log() throws Exception {
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.settle()).isTrue();
        }
        String honest = Files.readString(folder.resolve("tl.jsonl"));
        plant("log.payload", "evil", "{\"event_type\":\"key_rotation\",\"new_key_id\":\"evil\"}");
        plant(
                "log.payload",
                "sealed",
                "{\"payload\":{\"event_type\":\"key_rotation\"},\"key_id\":\"00\",\"signature\":\"AA\"}");
        plant("log.rotation", "rotation:evil", "{\"new_key_id\":\"evil\",\"manifest\":\"manifest:x\"}");
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.settle()).isTrue();
            assertThat(node.count("SELECT COUNT(*) FROM outbox WHERE last_error LIKE 'refused: %'"))
                    .isEqualTo(3);
        }
        assertThat(Files.readString(folder.resolve("tl.jsonl"))).isEqualTo(honest);
    }

    @Test
    void an_honest_row_under_another_key_is_not_the_row_that_was_sealed() throws Exception {
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.settle()).isTrue();
        }
        String honest = Files.readString(folder.resolve("tl.jsonl"));
        plant("INSERT INTO outbox (kind, dedupe_key, payload, created_at) SELECT kind, 'again', payload, created_at"
                + " FROM outbox LIMIT 1");
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.settle()).isTrue();
        }
        assertThat(Files.readString(folder.resolve("tl.jsonl"))).isEqualTo(honest);
    }

    private void plant(String kind, String key, String payload) throws SQLException {
        plant("INSERT INTO outbox (kind, dedupe_key, payload, created_at) VALUES ('" + kind + "', '" + key + "', '"
                + payload + "', 'now')");
    }

    private void plant(String sql) throws SQLException {
        try (var raw = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("stigmem.db"));
                var statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }
}
