package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.Store.SchemaPolicy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactsSchemaTest {
    @TempDir
    Path folder;

    /** Flyway compares what stands in the history with the files before it adds anything. */
    @Test
    void flyway_goes_on_where_a_new_store_begins() {
        Path file = folder.resolve("facts.db");
        List<String> all = FactsSchema.MIGRATIONS.resources();
        Migrations older = new Migrations(all.subList(0, all.size() - 1), FactsSchema.MIGRATIONS.generated());
        Store.open(file, older, SchemaPolicy.CREATE_OR_UPGRADE).close();
        try (Store store = Store.open(file, FactsSchema.MIGRATIONS, SchemaPolicy.CREATE_OR_UPGRADE)) {
            assertThat(store.integrityCheck()).isEmpty();
            long applied = store.read(tx -> {
                try (var rows = tx.statement("SELECT count(*) FROM flyway_schema_history")
                        .executeQuery()) {
                    rows.next();
                    return rows.getLong(1);
                }
            });
            assertThat(applied).isEqualTo(all.size());
        }
    }
}
