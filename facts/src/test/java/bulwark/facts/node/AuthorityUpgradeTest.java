package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.Store.SchemaPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store from before only its own source ended a fact. */
class AuthorityUpgradeTest {
    private static final String MIGRATION = "db/facts/V120__authority.sql";

    @TempDir
    Path folder;

    @Test
    void what_others_had_ended_is_in_force_again_and_what_a_client_had_retracted_is_ended() {
        Path file = folder.resolve("facts.db");
        List<String> all = FactsSchema.MIGRATIONS.resources();
        Migrations older = new Migrations(
                all.stream().filter(each -> !each.equals(MIGRATION)).toList());
        try (Store store = Store.open(file, older, SchemaPolicy.CREATE_OR_UPGRADE)) {
            insert(store, 1, "foreign", "cto", "agent:a", 1.0);
            insert(store, 2, "by-another", "cto", "agent:m", 0.0);
            insert(store, 3, "own", "cio", "agent:a", 1.0);
            insert(store, 4, "by-itself", "cio", "agent:a", 0.0);
            insert(store, 5, "client", "ceo", "agent:b", 1.0);
            insert(store, 6, "by-client", "retracted", "agent:b", 0.0);
            insert(store, 7, "later", "ceo", "agent:b", 1.0);
            store.write(tx -> tx.statement(
                            "INSERT INTO fact_retractions VALUES ('foreign', 'by-another'), ('own', 'by-itself')")
                    .executeUpdate());
        }
        try (Store store = Store.open(file, FactsSchema.MIGRATIONS, SchemaPolicy.CREATE_OR_UPGRADE)) {
            assertThat(retractions(store)).containsExactlyInAnyOrder("own by by-itself", "client by by-client");
        }
    }

    private static void insert(Store store, int row, String id, String value, String source, double confidence) {
        store.write(
                tx -> tx.statement("INSERT INTO facts (row_id, id, tenant_id, entity, relation, value_type, value_v,"
                                + " interpret_as, source, timestamp, hlc_wall, hlc_counter, confidence, scope, cid) VALUES ("
                                + row
                                + ", '" + id + "', 'default', 'user:v', 'memory:role', 'string', '" + value
                                + "', 'content', '"
                                + source + "', 't', " + row + ", 0, " + confidence + ", 'local', 'c" + row + "')")
                        .executeUpdate());
    }

    private static List<String> retractions(Store store) {
        return store.read(tx -> {
            List<String> found = new ArrayList<>();
            try (var rows = tx.statement("SELECT fact_id || ' by ' || retracted_by FROM fact_retractions")
                    .executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
            return found;
        });
    }
}
