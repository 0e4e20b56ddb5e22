package bulwark.gateway.apikey;

import bulwark.gateway.identity.TokenRevocationRows;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.evidence.store.AuditedStoreFsck;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.StoreAtRest;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** A store with the tables of identity alone. */
public final class TestStore {
    private static final AuditTable AUDIT = AuditTable.of("identity_audit_log");
    private static final AuditedStore.Layout LAYOUT = new AuditedStore.Layout(
            AUDIT,
            AuditTable.migration("db/gateway/V300__audit.sql", AUDIT)
                    .and(new Migrations(List.of("db/gateway/V320__consumer_keys.sql"))),
            List.of(ConsumerKeys.TABLE, TokenRevocationRows.TABLE));

    private TestStore() {}

    public static AuditedStore open(Path folder, Clock clock) {
        return AuditedStore.open(folder.resolve("identity.db"), LAYOUT, new Acceptance("STOA_ACCEPT", ""), clock);
    }

    static Fsck.Report fsck(Path folder) {
        Path file = folder.resolve("identity.db");
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(file)) {
            return AuditedStoreFsck.of(store, file, LAYOUT).run();
        }
    }
}
