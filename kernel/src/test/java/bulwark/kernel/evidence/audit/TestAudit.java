package bulwark.kernel.evidence.audit;

import bulwark.kernel.storage.Migrations;
import java.util.List;

/** Two audit tables of one store: one as a new part makes it, one whose format names its columns otherwise and has more of them. */
public final class TestAudit {
    static final AuditColumns LISTED =
            new AuditColumns("entity_uri", "thing_id", List.of("entity_uri", "token", "thing_id", "source", "zone"));
    public static final AuditTable TABLE = AuditTable.of("test_audit");
    static final AuditTable OTHER = AuditTable.of("other_audit", LISTED);
    public static final Migrations MIGRATION = AuditTable.migration("db/evidencetest/V101__audit.sql", TABLE, OTHER);

    private TestAudit() {}
}
