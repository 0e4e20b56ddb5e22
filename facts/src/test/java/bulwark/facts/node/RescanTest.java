package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture;
import bulwark.facts.graph.EdgeCheck;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A running node finds what fsck finds, without being asked. */
@Timeout(60)
class RescanTest {
    @TempDir
    Path folder;

    private FactsFixture facts;

    @BeforeEach
    void threeEdges() {
        facts = new FactsFixture(folder);
        for (int i = 0; i < 3; i++) {
            assertThat(facts.post("{\"entity\":\"user:a" + i
                                    + "\",\"relation\":\"memory:knows\",\"source\":\"agent:t\","
                                    + "\"value\":{\"type\":\"ref\",\"v\":\"stigmem://n/user/b\"}}")
                            .status())
                    .isEqualTo(201);
        }
    }

    @AfterEach
    void close() {
        facts.close();
    }

    private void plantKeepingTriggers(String edit) throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + facts.storeFile);
                Statement sql = raw.createStatement()) {
            sql.execute("PRAGMA busy_timeout = 5000");
            sql.execute(edit);
        }
    }

    @Test
    void a_store_that_nobody_changed_is_whole() {
        assertThat(facts.chain.rescanNow()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "edge_mismatch | UPDATE edges SET object = 'stigmem://n/user/c' WHERE fact_row = 2",
                "edge_mismatch | DELETE FROM edges WHERE fact_row = 3",
                "edge_mismatch | INSERT INTO edges SELECT -7, fact_id, tenant_id, scope, subject, relation, object, confidence,"
                        + " garden_id, expires_at FROM edges WHERE fact_row = 1",
                "schema_mismatch | DROP TRIGGER facts_no_update",
                "schema_mismatch | DROP INDEX facts_time"
            })
    void an_edited_edge_and_a_dropped_trigger_are_found_by_the_running_node(String reason, String edit)
            throws SQLException {
        plantKeepingTriggers(edit);
        assertThat(facts.chain.rescanNow()).contains(reason);
    }

    @Test
    void an_audit_row_whose_contents_were_edited_is_found_by_the_running_node() throws SQLException {
        plantKeepingTriggers("DROP TRIGGER fact_audit_log_no_update");
        plantKeepingTriggers("UPDATE fact_audit_log SET detail = '{}' WHERE seq = 1");
        assertThat(facts.chain.rescanNow()).contains("log_mismatch");
        assertThat(facts.heads.problem()).contains("Row 1 of fact_audit_log was changed after it was written");
    }

    @Test
    void edges_are_compared_a_page_at_a_time() throws SQLException {
        plantKeepingTriggers("DELETE FROM edges WHERE fact_row = 3");
        EdgeCheck walk = new EdgeCheck();
        List<List<String>> pages = new ArrayList<>();
        for (List<String> page = next(walk); page != null; page = next(walk)) {
            pages.add(page);
        }
        assertThat(pages).as("two facts, one fact, two edges").hasSize(3);
        assertThat(pages.get(0)).isEmpty();
        assertThat(pages.get(1)).singleElement().asString().contains("is missing");
        assertThat(pages.get(2)).isEmpty();
    }

    private List<String> next(EdgeCheck walk) {
        return facts.store.read(tx -> walk.next(tx, 2));
    }
}
