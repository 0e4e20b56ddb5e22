package bulwark.gateway.state;

import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.evidence.store.AuditedStoreFsck;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.StoreAtRest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** The one SQLite file of a gateway, {@code gateway.db} in its state folder, and the journal of its decisions beside it. Every table that decides about calls is guarded by the audit log. */
public final class GatewayStore {
    public static final GuardedTable ROUTES = GuardedTable.of("gateway_routes", "id");
    public static final GuardedTable GENERATION = GuardedTable.of("gateway_generation", "name");
    public static final GuardedTable POLICIES = GuardedTable.of("gateway_policies", "id");
    public static final GuardedTable BACKEND_CREDENTIALS =
            GuardedTable.of("backend_credentials", "route_id", "consumer_id");
    public static final GuardedTable CONSUMER_KEYS = GuardedTable.of("consumer_keys", "id");
    public static final GuardedTable TOKEN_REVOCATIONS = GuardedTable.of("token_revocations", "claim", "value");

    private static final String FILE = "gateway.db";
    private static final AuditTable AUDIT = AuditTable.of("gateway_audit_log");
    private static final AuditedStore.Layout LAYOUT = new AuditedStore.Layout(
            AUDIT,
            AuditTable.migration("db/gateway/V300__audit.sql", AUDIT)
                    .and(new Migrations(List.of(
                            "db/gateway/V301__routes.sql",
                            "db/gateway/V320__consumer_keys.sql",
                            "db/gateway/V330__policies.sql",
                            "db/gateway/V331__backend_credentials.sql"))),
            List.of(ROUTES, GENERATION, POLICIES, BACKEND_CREDENTIALS, CONSUMER_KEYS, TOKEN_REVOCATIONS),
            true);

    private GatewayStore() {}

    public static Path file(Path stateFolder) {
        return stateFolder.resolve(FILE);
    }

    /**
     * Creates what is missing.
     *
     * @param acceptedLoss value of the setting with which the owner goes on after a loss of evidence
     * @throws bulwark.kernel.storage.StoreRefused when the store is not what was signed, or a process has it open
     */
    public static AuditedStore open(Path stateFolder, String acceptedLoss, Clock clock) {
        try {
            OwnerOnlyFiles.createDirectories(stateFolder);
        } catch (IOException e) {
            throw new UncheckedIOException("STOA_STATE_DIR cannot be made: " + e.getMessage(), e);
        }
        return AuditedStore.open(
                file(stateFolder), LAYOUT, new Acceptance("STOA_ACCEPT_EVIDENCE_LOSS", acceptedLoss), clock);
    }

    /** Looks at everything durable and changes nothing. */
    public static Fsck.Report fsck(Path stateFolder) {
        Path file = file(stateFolder);
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(file)) {
            return AuditedStoreFsck.of(store, file, LAYOUT).run();
        }
    }
}
