package bulwark.facts.garden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.node.FactsSchema;
import bulwark.kernel.storage.Store;
import bulwark.web.RequestMemory;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A list of gardens or members pays for each row before it reads the next one. */
class GardenMemoryTest {
    private static final int ROWS = 300;

    @TempDir
    Path folder;

    private Store store;

    @BeforeEach
    void many_gardens_and_one_with_many_members() {
        store = Store.open(folder.resolve("s.db"), FactsSchema.MIGRATIONS, Store.SchemaPolicy.CREATE_OR_UPGRADE);
        store.write(tx -> {
            PreparedStatement garden = tx.statement(
                    "INSERT INTO gardens (id, tenant_id, slug, name, scope, description,"
                            + " created_by, created_at, quarantine) VALUES (?1, 'default', ?1, ?1, 'team', ?2, 'agent:a', '2026', 0)");
            PreparedStatement member = tx.statement("INSERT INTO garden_members (garden_id, entity_uri, role, added_by,"
                    + " added_at) VALUES ('g0', ?, 'reader', 'agent:a', '2026')");
            for (int i = 0; i < ROWS; i++) {
                garden.setString(1, "g" + i);
                garden.setString(2, "d".repeat(4_000));
                garden.executeUpdate();
                member.setString(1, "agent:" + "m".repeat(1_000) + i);
                member.executeUpdate();
            }
            return 0;
        });
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void lists_end_where_the_memory_of_their_request_does() {
        List<Garden> all = store.read(tx -> GardenTable.all(tx, "default", RequestMemory.unlimited()));
        List<Garden.Member> members = store.read(tx -> GardenTable.members(tx, "g0", RequestMemory.unlimited()));
        assertThat(all).hasSize(ROWS);
        assertThat(members).hasSize(ROWS);
        RequestMemory forGardens = RequestMemory.upTo(1_000_000);
        RequestMemory forMembers = RequestMemory.upTo(200_000);

        assertThatThrownBy(() -> store.read(tx -> GardenTable.all(tx, "default", forGardens)))
                .isInstanceOf(RequestMemory.Exhausted.class);
        assertThatThrownBy(() -> store.read(tx -> GardenTable.members(tx, "g0", forMembers)))
                .isInstanceOf(RequestMemory.Exhausted.class);
    }
}
