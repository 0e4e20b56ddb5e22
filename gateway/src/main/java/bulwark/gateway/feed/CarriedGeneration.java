package bulwark.gateway.feed;

import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.store.AuditedStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The number of the newest snapshot that a gateway carried out, in its store and guarded by its audit log: what no later snapshot may lie before, whatever becomes of the file beside it. One
 * row for each id that control planes knew this gateway by. Thread-safe.
 */
final class CarriedGeneration {
    private static final String PREFIX = "control_plane:";

    private final AuditedStore store;

    CarriedGeneration(AuditedStore store) {
        this.store = store;
    }

    /**
     * Empty when none was carried out under this id.
     *
     * @throws SnapshotUnusable when the row was changed by hand
     */
    OptionalLong of(String gateway) {
        String name = PREFIX + gateway;
        return store.store().read(tx -> {
            PreparedStatement select = tx.statement("SELECT generation FROM gateway_generation WHERE name = ?");
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return OptionalLong.empty();
                }
                long generation = row.getLong(1);
                if (!store.audit().guardedRows().vouchesFor(tx, GatewayStore.GENERATION, name)) {
                    throw new SnapshotUnusable(List.of(
                            "The stored generation of the control plane is not what gateway_audit_log says; it was"
                                    + " changed by hand. Restore the store from a backup."));
                }
                return OptionalLong.of(generation);
            }
        });
    }

    /** Whether any snapshot was ever carried out here. */
    boolean any() {
        return store.store().read(tx -> {
            PreparedStatement select =
                    tx.statement("SELECT 1 FROM gateway_generation WHERE substr(name, 1, ?) = ? LIMIT 1");
            select.setInt(1, PREFIX.length());
            select.setString(2, PREFIX);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        });
    }

    /** In one transaction with the event. */
    void set(String gateway, long generation, AuditEvent event) {
        String name = PREFIX + gateway;
        store.store().write(tx -> {
            PreparedStatement upsert =
                    tx.statement("INSERT INTO gateway_generation (name, generation, routes) VALUES (?, ?, 0)"
                            + " ON CONFLICT (name) DO UPDATE SET generation = excluded.generation");
            upsert.setString(1, name);
            upsert.setLong(2, generation);
            upsert.executeUpdate();
            return store.audit()
                    .guardedRows()
                    .append(tx, event, Map.of(GatewayStore.GENERATION, List.of(List.of(name))));
        });
    }
}
