package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.tasks.store.LockStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Locks in the store. */
final class SqliteLocks implements LockStore {
    private final StoreContext context;

    SqliteLocks(StoreContext context) {
        this.context = context;
    }

    @Override
    public boolean acquire(String key, String owner, Duration ttl) {
        return context.store().write(tx -> acquire(tx, key, owner, context.now(), ttl.toMillis()));
    }

    static boolean acquire(WriteTx tx, String key, String owner, long now, long held) throws SQLException {
        PreparedStatement take = tx.statement("INSERT INTO task_locks (key, owner, until) VALUES (?1, ?2, ?3)"
                + " ON CONFLICT (key) DO UPDATE SET owner = ?2, until = ?3 WHERE until <= ?4 OR owner = ?2");
        take.setString(1, key);
        take.setString(2, owner);
        take.setLong(3, now + held);
        take.setLong(4, now);
        return take.executeUpdate() == 1;
    }

    @Override
    public boolean renew(String key, String owner, Duration ttl) {
        return context.store().write(tx -> {
            PreparedStatement renew =
                    tx.statement("UPDATE task_locks SET until = ? WHERE key = ? AND owner = ? AND until > ?");
            renew.setLong(1, context.now() + ttl.toMillis());
            renew.setString(2, key);
            renew.setString(3, owner);
            renew.setLong(4, context.now());
            return renew.executeUpdate() == 1;
        });
    }

    @Override
    public boolean release(String key, String owner) {
        return context.store().write(tx -> {
            PreparedStatement release =
                    tx.statement("DELETE FROM task_locks WHERE key = ? AND owner = ? AND until > ?");
            release.setString(1, key);
            release.setString(2, owner);
            release.setLong(3, context.now());
            return release.executeUpdate() == 1;
        });
    }

    @Override
    public Optional<String> ownerOf(String key) {
        return context.store().read(tx -> Optional.ofNullable(ownerOf(tx, key, context.now())));
    }

    static @Nullable String ownerOf(ReadTx tx, String key, long now) throws SQLException {
        PreparedStatement select = tx.statement("SELECT owner FROM task_locks WHERE key = ? AND until > ?");
        select.setString(1, key);
        select.setLong(2, now);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
