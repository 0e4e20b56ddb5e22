package bulwark.kernel.quota;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.quota.Quotas.Key;
import bulwark.kernel.quota.Quotas.Saved;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries buckets over a restart, so that a restart is no way round a quota: saves changed buckets every five seconds and at
 * close. What was taken in the last seconds before a crash is forgotten. Close it before the store. Thread-safe.
 */
public final class QuotaPersistence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QuotaPersistence.class);
    private static final int SECONDS = 5;

    private final Quotas quotas;
    private final Store store;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread timer = EssentialThread.platform("quota-save", this::saveAtIntervals);

    private QuotaPersistence(Quotas quotas, Store store) {
        this.quotas = quotas;
        this.store = store;
    }

    public static QuotaPersistence restore(Quotas quotas, Store store) {
        QuotaPersistence persistence = new QuotaPersistence(quotas, store);
        persistence.load();
        persistence.timer.start();
        return persistence;
    }

    /** Writes what changed, now. */
    public void save() {
        List<Saved> changed = quotas.takeChanged();
        if (changed.isEmpty()) {
            return;
        }
        try {
            store.write(tx -> {
                for (Saved saved : changed) {
                    upsert(tx, saved);
                }
                return changed.size();
            });
        } catch (RuntimeException | Error e) {
            quotas.markChanged(changed);
            throw e;
        }
    }

    @Override
    public void close() {
        stop.countDown();
        saveQuietly();
    }

    private void saveAtIntervals() {
        try {
            while (!stop.await(SECONDS, TimeUnit.SECONDS)) {
                saveQuietly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void saveQuietly() {
        try {
            save();
        } catch (RuntimeException e) {
            // The writer reports its own failures; quotas go on from memory.
            LOG.warn("quota buckets were not saved: {}", e.getMessage());
        }
    }

    private void load() {
        List<Saved> stale = store.read(QuotaPersistence::all).stream()
                .filter(saved -> !quotas.restore(saved))
                .toList();
        if (!stale.isEmpty()) {
            store.write(tx -> {
                for (Saved saved : stale) {
                    delete(tx, saved.key());
                }
                return stale.size();
            });
        }
    }

    private static List<Saved> all(ReadTx tx) throws SQLException {
        List<Saved> found = new ArrayList<>();
        try (ResultSet rows = tx.statement(
                        "SELECT principal, tenant_id, dimension, tokens, last_refill FROM quota_buckets")
                .executeQuery()) {
            while (rows.next()) {
                found.add(new Saved(
                        new Key(rows.getString(1), rows.getString(2), rows.getString(3)),
                        rows.getDouble(4),
                        OffsetDateTime.parse(rows.getString(5)).toInstant()));
            }
        }
        return found;
    }

    private static void upsert(WriteTx tx, Saved saved) throws SQLException {
        PreparedStatement upsert = tx.statement("INSERT INTO quota_buckets (principal, tenant_id, dimension, tokens,"
                + " last_refill) VALUES (?, ?, ?, ?, ?) ON CONFLICT (principal, tenant_id, dimension)"
                + " DO UPDATE SET tokens = excluded.tokens, last_refill = excluded.last_refill");
        name(upsert, saved.key());
        upsert.setDouble(4, saved.tokens());
        upsert.setString(5, Timestamps.offset(saved.at()));
        upsert.executeUpdate();
    }

    private static void delete(WriteTx tx, Key key) throws SQLException {
        PreparedStatement delete =
                tx.statement("DELETE FROM quota_buckets WHERE principal = ? AND tenant_id = ? AND dimension = ?");
        name(delete, key);
        delete.executeUpdate();
    }

    private static void name(PreparedStatement statement, Key key) throws SQLException {
        statement.setString(1, key.principal());
        statement.setString(2, key.tenant());
        statement.setString(3, key.dimension());
    }
}
