package bulwark.facts;

import bulwark.kernel.evidence.audit.AuditColumns;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.storage.Migrations;
import java.util.List;
import java.util.Optional;

/** The audit tables of a node, with the column names of Stigmem. */
public final class FactsAuditTables {
    private static final AuditColumns STIGMEM = new AuditColumns(
            "entity_uri", "fact_id", List.of("entity_uri", "oidc_sub", "fact_id", "source", "attested_key_id"));

    public static final AuditTable FACT_AUDIT_LOG = AuditTable.of("fact_audit_log", STIGMEM);
    public static final AuditTable FEDERATION_AUDIT = AuditTable.of("federation_audit", STIGMEM);

    public static final List<AuditTable> ALL = List.of(FACT_AUDIT_LOG, FEDERATION_AUDIT);

    public static final Migrations MIGRATION =
            AuditTable.migration("db/facts/V101__audit.sql", FACT_AUDIT_LOG, FEDERATION_AUDIT);

    private FactsAuditTables() {}

    public static Optional<AuditTable> of(String name) {
        return ALL.stream().filter(table -> table.name().equals(name)).findFirst();
    }
}
