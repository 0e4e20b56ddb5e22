package bulwark.facts.recall;

import bulwark.kernel.access.Principal;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table {@code recall_audit_log}: a row for each recall, written in batches and never awaited. A crash loses at most the
 * last 200 ms; when more than 10,000 rows wait, the rest is left to the audit log alone. Thread-safe.
 */
public final class RecallLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecallLog.class);
    private static final String INSERT =
            "INSERT INTO recall_audit_log (id, entity_uri, query_hash, scope, token_budget,"
                    + " facts_returned, tokens_used, truncated, tenant_id, ts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final int MAX_QUEUED = 10_000;
    private static final long PERIOD_MILLIS = 200;

    private final Store store;
    private final Clock clock;
    private final BlockingQueue<Row> waiting = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final EssentialThread thread = EssentialThread.virtual("recall-log", this::run);
    private final ReentrantLock flushing = new ReentrantLock();
    private volatile boolean closed;

    private RecallLog(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    public static RecallLog open(Store store, Clock clock) {
        RecallLog log = new RecallLog(store, clock);
        log.thread.start();
        return log;
    }

    /** The values of the columns alone: neither the text of the query nor the answer is held longer than its request, which paid for them. */
    record Row(
            String id,
            String entityUri,
            String queryHash,
            String scope,
            int tokenBudget,
            int factsReturned,
            int tokensUsed,
            boolean truncated,
            String tenant,
            String ts) {
        static Row of(Principal principal, RecallQuery query, RecallResponse answer, String ts) {
            return new Row(
                    answer.id(),
                    principal.entityUri(),
                    answer.queryHash(),
                    query.scope().wire(),
                    answer.tokenBudget(),
                    answer.packed().facts().size(),
                    answer.packed().tokens(),
                    answer.packed().truncated(),
                    principal.tenant(),
                    ts);
        }
    }

    void add(Principal principal, RecallQuery query, RecallResponse answer) {
        add(Row.of(principal, query, answer, Timestamps.offset(clock.instant())));
    }

    void add(Row row) {
        boolean ignored = waiting.offer(row);
    }

    /** Writes what waits; afterwards also what another flush had taken is written. */
    void flush() {
        flushing.lock();
        try {
            List<Row> rows = new ArrayList<>();
            waiting.drainTo(rows);
            if (!rows.isEmpty()) {
                store.write(tx -> {
                    for (Row row : rows) {
                        insert(tx, row);
                    }
                    return rows.size();
                });
            }
        } finally {
            flushing.unlock();
        }
    }

    private static void insert(WriteTx tx, Row row) throws SQLException {
        PreparedStatement insert = tx.statement(INSERT);
        insert.setString(1, row.id());
        insert.setString(2, row.entityUri());
        insert.setString(3, row.queryHash());
        insert.setString(4, row.scope());
        insert.setInt(5, row.tokenBudget());
        insert.setInt(6, row.factsReturned());
        insert.setInt(7, row.tokensUsed());
        insert.setBoolean(8, row.truncated());
        insert.setString(9, row.tenant());
        insert.setString(10, row.ts());
        insert.executeUpdate();
    }

    private void run() {
        try {
            while (!closed) {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
                flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreFailed e) {
            // The rows of this round are lost, and the store reports its own failures.
            LOG.error("recalls were not written to recall_audit_log: {}", e.getMessage());
            throw e;
        }
    }

    @Override
    public void close() {
        closed = true;
        flush();
    }
}
