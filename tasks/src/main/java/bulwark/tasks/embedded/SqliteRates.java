package bulwark.tasks.embedded;

import bulwark.kernel.quota.Gcra;
import bulwark.kernel.storage.WriteTx;
import bulwark.tasks.broker.StartLimit;
import bulwark.tasks.store.JointLimit;
import bulwark.tasks.store.RateLimiter;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Rate limits in the store. */
final class SqliteRates implements RateLimiter {
    private final StoreContext context;

    SqliteRates(StoreContext context) {
        this.context = context;
    }

    @Override
    public Decision acquireAll(List<StartLimit> limits) {
        return context.store().write(tx -> Decision.of(step(tx, limits, context)));
    }

    /** Takes one start out of every limit, or out of none. */
    static JointLimit.Step step(WriteTx tx, List<StartLimit> limits, StoreContext context) throws SQLException {
        long now = Gcra.nanos(context.clock().instant());
        JointLimit.Step step = JointLimit.acquire(limits, key -> stored(tx, key), now);
        for (Map.Entry<String, Long> each : step.toStore().entrySet()) {
            PreparedStatement put = tx.statement("INSERT OR REPLACE INTO task_rates (key, arrival) VALUES (?, ?)");
            put.setString(1, each.getKey());
            put.setLong(2, each.getValue());
            put.executeUpdate();
        }
        return step;
    }

    private static long stored(WriteTx tx, String key) throws SQLException {
        PreparedStatement select = tx.statement("SELECT arrival FROM task_rates WHERE key = ?");
        select.setString(1, key);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
