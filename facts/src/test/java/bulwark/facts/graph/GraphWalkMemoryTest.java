package bulwark.facts.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.node.FactsSchema;
import bulwark.kernel.storage.Store;
import bulwark.web.RequestMemory;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A walk pays for each neighbour before it keeps it. */
class GraphWalkMemoryTest {
    private static final int NEIGHBOURS = 1_500;
    private static final String LONG_NAME = "n".repeat(1_000);

    @TempDir
    Path folder;

    private Store store;

    @BeforeEach
    void one_entity_with_many_neighbours() {
        store = Store.open(folder.resolve("s.db"), FactsSchema.MIGRATIONS, Store.SchemaPolicy.CREATE_OR_UPGRADE);
        store.write(tx -> {
            PreparedStatement insert = tx.statement("INSERT INTO edges (fact_row, fact_id, tenant_id, scope, subject,"
                    + " relation, object, confidence, expires_at) VALUES (?1, ?1, 'default', 'team', 'a', 'r:s', ?2, 1.0,"
                    + " 9223372036854775807)");
            for (int i = 0; i < NEIGHBOURS; i++) {
                insert.setLong(1, i);
                insert.setString(2, LONG_NAME + i);
                insert.executeUpdate();
            }
            return 0;
        });
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<Neighbour> walk(LongConsumer memory) {
        GraphWalk.Rules rules = new GraphWalk.Rules("default", "team", Set.of(), any -> true, 0, 0, true, 10_000);
        return store.read(tx -> GraphWalk.from(tx, List.of("a"), 3, rules, memory));
    }

    @Test
    void what_is_paid_is_more_than_the_texts_take() {
        AtomicLong paid = new AtomicLong();

        List<Neighbour> found = walk(paid::addAndGet);

        assertThat(found).hasSize(NEIGHBOURS);
        assertThat(paid.get())
                .isGreaterThan(found.stream()
                        .mapToLong(neighbour -> 2L * neighbour.entity().length())
                        .sum());
    }

    @Test
    void a_walk_ends_where_the_memory_of_its_request_does() {
        RequestMemory memory = RequestMemory.upTo(100_000);

        assertThatThrownBy(() -> walk(memory::take)).isInstanceOf(RequestMemory.Exhausted.class);
    }
}
