package bulwark.facts.chain;

import bulwark.kernel.evidence.AuditEvent;
import bulwark.kernel.evidence.AuditLog;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.Timestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where in a local log this store begins. A store that never held a fact may follow an earlier one on the same log; that is
 * said loudly and recorded. A store that did hold facts never gets a new beginning, so emptying its tables hides nothing.
 */
final class LogOrigin {
    private static final Logger LOG = LoggerFactory.getLogger(LogOrigin.class);

    private LogOrigin() {}

    /** Bytes of the log that belong to earlier stores. */
    static long bytes(ReadTx tx, String tenant) throws SQLException {
        PreparedStatement select = tx.statement("SELECT log_bytes FROM fact_log_origin WHERE tenant_id = ?");
        select.setString(1, tenant);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Before the first fact may arrive. */
    static void adopt(Store store, AuditLog audit, Clock clock, Path log, String tenant) {
        boolean mayAdopt = store.read(tx -> neverHeldFacts(tx) && bytes(tx, tenant) == 0);
        if (!mayAdopt || LoggedCheckpoints.newest(log, tenant, 0).isEmpty()) {
            return;
        }
        long size = size(log);
        LOG.warn(
                "{} holds checkpoints of an earlier store; this empty store starts behind them. If the store should"
                        + " not be empty, stop now and restore it.",
                log.getFileName());
        store.write(tx -> {
            PreparedStatement insert =
                    tx.statement("INSERT INTO fact_log_origin (tenant_id, log_bytes, adopted_at) VALUES (?,?,?)");
            insert.setString(1, tenant);
            insert.setLong(2, size);
            insert.setString(3, Timestamps.offset(clock.instant()));
            insert.executeUpdate();
            Map<String, Object> detail = Map.of("action", "transparency_log_adopted", "log_bytes", size);
            return audit.append(tx, new AuditEvent("admin_action", null, tenant, null, null, detail));
        });
    }

    private static boolean neverHeldFacts(ReadTx tx) throws SQLException {
        try (ResultSet row = tx.statement("SELECT EXISTS (SELECT 1 FROM fact_chain) OR EXISTS (SELECT 1 FROM facts)"
                        + " OR EXISTS (SELECT 1 FROM fact_audit_log WHERE event_type = 'fact_write')")
                .executeQuery()) {
            return row.next() && row.getInt(1) == 0;
        }
    }

    private static long size(Path log) {
        try {
            return Files.size(log);
        } catch (IOException e) {
            throw new UncheckedIOException("the transparency log cannot be read", e);
        }
    }
}
