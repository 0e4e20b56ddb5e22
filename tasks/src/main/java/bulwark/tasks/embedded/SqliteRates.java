package bulwark.tasks.embedded;

import bulwark.kernel.quota.Gcra;
import bulwark.tasks.store.RateLimiter;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;

/** Rate limits in the store. */
final class SqliteRates implements RateLimiter {
    private final StoreContext context;

    SqliteRates(StoreContext context) {
        this.context = context;
    }

    @Override
    public Decision acquire(String key, int limit, Duration per) {
        if (limit < 1) {
            return new Decision(false, per);
        }
        return context.store().write(tx -> {
            PreparedStatement select = tx.statement("SELECT arrival FROM task_rates WHERE key = ?");
            select.setString(1, key);
            long stored;
            try (ResultSet row = select.executeQuery()) {
                stored = row.next() ? row.getLong(1) : 0;
            }
            long now = Gcra.nanos(context.clock().instant());
            Gcra.Step step = RateLimiter.rate(limit, per).acquire(stored, now);
            if (step.granted()) {
                PreparedStatement put = tx.statement("INSERT OR REPLACE INTO task_rates (key, arrival) VALUES (?, ?)");
                put.setString(1, key);
                put.setLong(2, step.fullAt());
                put.executeUpdate();
            }
            return Decision.of(step);
        });
    }
}
