package bulwark.facts.node;

import bulwark.facts.AccessTables;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.storage.ReadTx;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets only those API keys work that the audit log vouches for, and says once about each other one that it is refused. */
final class AuditedKeyGuard implements ApiKeys.RowGuard {
    private static final Logger LOG = LoggerFactory.getLogger(AuditedKeyGuard.class);
    private static final int MAX_TOLD = 1_000;

    private final GuardedRows guarded;
    private final Metrics metrics;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    AuditedKeyGuard(GuardedRows guarded, Metrics metrics) {
        this.guarded = guarded;
        this.metrics = metrics;
    }

    @Override
    public boolean vouchesFor(ReadTx tx, String id) throws SQLException {
        boolean vouched = guarded.vouchesFor(tx, AccessTables.API_KEYS, id);
        if (!vouched) {
            metrics.count("stigmem_api_key_row_refused");
            if (told.size() < MAX_TOLD && told.add(id)) {
                LOG.error("API key {} is refused: its row was changed behind the node; run stigmem fsck", id);
            }
        }
        return vouched;
    }
}
