package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.tasks.store.WaiterRegistry;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statuses, groups and heartbeats in the store. Thread-safe. */
final class SqliteStatuses implements StatusApi {
    private final StoreContext context;
    private final GroupTable groups;

    SqliteStatuses(StoreContext context) {
        this.context = context;
        this.groups = new GroupTable(context);
    }

    @Override
    public Optional<StoreRpc.StoredStatus> get(String taskId) {
        return context.store().read(tx -> ResultTable.read(tx, taskId, context.now()));
    }

    @Override
    public boolean put(StoreRpc.Status status, When when) {
        return context.store().write(tx -> woken(tx, status, ResultTable.write(tx, status, when, context.now())));
    }

    @Override
    public boolean putUnvouched(StoreRpc.Status status, String envelopeDigest) {
        return context.store()
                .write(tx -> woken(tx, status, ResultTable.writeUnvouched(tx, status, envelopeDigest, context.now())));
    }

    private boolean woken(WriteTx tx, StoreRpc.Status status, boolean written) {
        if (written) {
            tx.afterCommit(() -> context.wakeups().wake("task:" + status.id()));
        }
        return written;
    }

    @Override
    public void expire(String taskId, long retention) {
        context.store().write(tx -> {
            PreparedStatement update =
                    tx.statement("UPDATE task_results SET expires_at = ? WHERE id = ? AND expires_at > ?");
            update.setLong(1, ResultTable.end(context.now(), retention));
            update.setString(2, taskId);
            update.setLong(3, context.now());
            return update.executeUpdate();
        });
    }

    @Override
    public Optional<StoreRpc.StoredStatus> await(String taskId, @Nullable String seenState, long seenMicros, long wait)
            throws InterruptedException {
        long end = System.nanoTime() + wait * 1_000_000;
        try (WaiterRegistry.Waiter waiter = context.wakeups().register(List.of("task:" + taskId))) {
            while (true) {
                Optional<State> now = context.store().read(tx -> state(tx, taskId));
                long left = (end - System.nanoTime()) / 1_000_000;
                boolean differs = now.isPresent() && now.get().differs(seenState, seenMicros);
                if (differs || left <= 0 || context.wakeups().closed()) {
                    return now.map(State::status);
                }
                waiter.await(left);
            }
        }
    }

    private Optional<State> state(ReadTx tx, String taskId) throws SQLException {
        PreparedStatement select = tx.statement("SELECT state FROM task_results WHERE id = ?");
        select.setString(1, taskId);
        try (ResultSet row = select.executeQuery()) {
            String state = row.next() ? row.getString(1) : "";
            return ResultTable.read(tx, taskId, context.now()).map(status -> new State(state, status));
        }
    }

    private record State(String state, StoreRpc.StoredStatus status) {
        boolean differs(@Nullable String seenState, long seenMicros) {
            return !state.equals(seenState) || status.updatedMicros() != seenMicros;
        }
    }

    @Override
    public List<String> ids(int offset, int limit) {
        return context.store().read(tx -> {
            PreparedStatement select = tx.statement("SELECT id FROM task_results WHERE expires_at > ?"
                    + " ORDER BY updated_at DESC, id DESC LIMIT ? OFFSET ?");
            select.setLong(1, context.now());
            select.setInt(2, limit);
            select.setInt(3, offset);
            List<String> ids = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
            return ids;
        });
    }

    @Override
    public List<StoreRpc.StoredStatus> all(List<String> ids) {
        return context.store().read(tx -> {
            List<StoreRpc.StoredStatus> found = new ArrayList<>(ids.size());
            for (String id : ids) {
                ResultTable.read(tx, id, context.now()).ifPresent(found::add);
            }
            return found;
        });
    }

    @Override
    public void initGroup(StoreRpc.Group group, long retention) {
        groups.init(group, retention);
    }

    @Override
    public Optional<StoreRpc.Group> addGroupResult(String groupId, StoreRpc.Status status) {
        return groups.add(groupId, status);
    }

    @Override
    public Optional<StoreRpc.Group> group(String groupId) {
        return context.store().read(tx -> groups.read(tx, groupId));
    }

    @Override
    public boolean claimChord(String groupId, String callbackTaskId, String once) {
        return groups.claim(groupId, callbackTaskId, once);
    }

    @Override
    public void putHeartbeat(String workerId, String body, long retention) {
        context.store().write(tx -> {
            PreparedStatement put = tx.statement(
                    "INSERT OR REPLACE INTO task_heartbeats (worker_id, expires_at, body) VALUES (?, ?, ?)");
            put.setString(1, workerId);
            put.setLong(2, context.now() + retention);
            put.setString(3, body);
            return put.executeUpdate();
        });
    }

    @Override
    public Optional<String> heartbeat(String workerId) {
        return context.store().read(tx -> {
            PreparedStatement select =
                    tx.statement("SELECT body FROM task_heartbeats WHERE worker_id = ? AND expires_at > ?");
            select.setString(1, workerId);
            select.setLong(2, context.now());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        });
    }

    @Override
    public List<String> heartbeats() {
        return context.store().read(tx -> {
            PreparedStatement select =
                    tx.statement("SELECT body FROM task_heartbeats WHERE expires_at > ? ORDER BY worker_id");
            select.setLong(1, context.now());
            List<String> bodies = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    bodies.add(rows.getString(1));
                }
            }
            return bodies;
        });
    }
}
