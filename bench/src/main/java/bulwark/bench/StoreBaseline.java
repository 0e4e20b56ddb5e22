package bulwark.bench;

import bulwark.facts.node.FactsSchema;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.WriteTx;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the store's own writer reaches with the rows of a node: the same statements on the same tables and indexes, from as many
 * callers, without HTTP, JSON, hashes and search.
 */
final class StoreBaseline {
    private static final String SAME_CONTENT = "SELECT fact_id FROM fact_cid_aliases WHERE tenant_id = ? AND cid = ?";
    private static final String SIBLINGS = "SELECT id FROM facts WHERE entity = ? AND relation = ? AND scope = ?"
            + " AND tenant_id = ? AND row_id <> ? ORDER BY row_id DESC LIMIT 256";

    private final StoredRows rows;

    StoreBaseline(StoredRows rows) {
        this.rows = rows;
    }

    /** The first rows warm up; then runs of equal size follow on the same store. */
    List<LoadResult> run(Path folder, int callers, int warm, int perRun) throws IOException, InterruptedException {
        List<LoadResult> results = new ArrayList<>();
        try (Store store =
                Store.open(folder.resolve("ceiling.db"), FactsSchema.MIGRATIONS, SchemaPolicy.CREATE_OR_UPGRADE)) {
            write(store, 0, warm, callers);
            for (int from = warm; from + perRun <= rows.rows().size(); from += perRun) {
                results.add(write(store, from, from + perRun, callers));
            }
        }
        return results;
    }

    private LoadResult write(Store store, int from, int to, int callers) throws IOException, InterruptedException {
        long[] took = new long[to - from];
        AtomicInteger calls = new AtomicInteger();
        AtomicInteger next = new AtomicInteger(from);
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                all.add(threads.submit(() -> {
                    for (int call = calls.getAndIncrement(); call < took.length; call = calls.getAndIncrement()) {
                        took[call] = write(store, next);
                    }
                }));
            }
            for (Future<?> caller : all) {
                caller.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("the store's ceiling could not be measured", e);
        }
        long wall = System.nanoTime() - start;
        return LoadResult.of(took, wall, (system.getProcessCpuTime() - cpu) / 1e9);
    }

    /** The row is taken on the writer thread: the tables grow in order, and no batch is ever rolled back here. */
    private long write(Store store, AtomicInteger next) {
        long start = System.nanoTime();
        store.write(tx -> {
            List<Object[]> fact = rows.rows().get(next.getAndIncrement());
            measure(tx, fact.get(0), fact.get(2));
            for (int i = 0; i < fact.size(); i++) {
                bind(tx.statement(rows.inserts().get(i)), fact.get(i)).executeUpdate();
            }
            return fact.size();
        });
        return System.nanoTime() - start;
    }

    /** What an assertion asks the store: is it known, and has it siblings. */
    private static void measure(WriteTx tx, Object[] fact, Object[] alias) throws SQLException {
        exhaust(bind(tx.statement(SAME_CONTENT), alias[0], alias[1]));
        exhaust(bind(tx.statement(SIBLINGS), fact[3], fact[4], fact[14], fact[2], fact[0]));
    }

    private static PreparedStatement bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    private static void exhaust(PreparedStatement select) throws SQLException {
        try (ResultSet found = select.executeQuery()) {
            while (found.next()) {
                found.getString(1);
            }
        }
    }
}
