package bulwark.facts.node;

import bulwark.facts.FactsAuditTables;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.storage.Migrations;
import java.util.List;

/** Every migration of the fact node's store, kernel tables first. */
public final class FactsSchema {
    public static final Migrations MIGRATIONS = Migrations.of(
                    ApiKeys.MIGRATIONS,
                    List.of(
                            "db/kernel/V001__outbox.sql",
                            "db/kernel/V003__quota_buckets.sql",
                            "db/kernel/V010__store_heads.sql",
                            "db/facts/V100__node_meta.sql",
                            "db/facts/V102__facts.sql",
                            "db/facts/V103__gardens.sql",
                            "db/facts/V104__identity.sql",
                            "db/facts/V105__capability.sql",
                            "db/facts/V106__graph.sql",
                            "db/facts/V115__guarded_rows.sql",
                            "db/facts/V120__authority.sql",
                            "db/facts/V135__name_forms.sql"))
            .and(FactsAuditTables.MIGRATION);

    private FactsSchema() {}
}
