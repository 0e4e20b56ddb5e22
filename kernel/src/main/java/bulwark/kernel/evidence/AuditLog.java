package bulwark.kernel.evidence;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An append-only, hash-chained table of {@link AuditRow}s inside a part's own store. Mutations append in their own
 * transaction; reads are batched (flushed within 200 ms, loss bound one second on a crash); refusals are limited to the first
 * 100 rows per principal, reason and minute, then one row with {@code suppressed}. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {
    private AuditLog() {}

    /** @param table for instance {@code fact_audit_log}; see the part's migration for its columns */
    public static AuditLog open(Store store, String table, Clock clock) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** In the caller's transaction. */
    public AuditRow append(WriteTx tx, AuditEvent event) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Never awaited. A full queue turns into one counting row per principal and type. */
    public void appendLater(AuditEvent event) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** A refusal of a known principal: the first of a minute is durable when this returns, up to 100 rows a minute, the rest counted. */
    public void refusal(AuditEvent event, String reason) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Writes what is queued now; used at stop and by tests. */
    public void flush() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Told of each committed row's type and tenant, for metrics. */
    public void onRow(Consumer<AuditRow> listener) {
        throw new UnsupportedOperationException("skeleton");
    }

    public Page page(ReadTx tx, Query query) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Walks the chain. @return problems, one sentence each, empty when whole */
    public List<String> fsck(ReadTx tx) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    @Override
    public void close() {}

    /** All optional; cursor exclusive (0 = start), since/until inclusive. Without cursor and since: the newest rows, ascending. */
    public record Query(
            @Nullable String tenant,
            @Nullable String since,
            @Nullable String until,
            @Nullable String principal,
            @Nullable String type,
            @Nullable Long cursor,
            int limit) {}

    /** @param total rows that match the filters, whatever the page; nextCursor last seq when more may follow, else null */
    public record Page(
            List<AuditRow> rows, long total, @Nullable Long nextCursor) {}
}
