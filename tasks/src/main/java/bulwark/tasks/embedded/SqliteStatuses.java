package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.tasks.stores.Wakeups;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statuses, groups and heartbeats in the store. Thread-safe. */
final class SqliteStatuses implements StatusCalls {
    private final Place place;
    private final Groups groups;

    SqliteStatuses(Place place) {
        this.place = place;
        this.groups = new Groups(place);
    }

    @Override
    public Optional<Row.StoredStatus> get(String taskId) {
        return place.store().read(tx -> Statuses.read(tx, taskId, place.now()));
    }

    @Override
    public boolean put(Row.Status status, When when) {
        return place.store().write(tx -> {
            boolean written = Statuses.write(tx, status, when, place.now());
            if (written) {
                tx.afterCommit(() -> place.wakeups().wake("task:" + status.id()));
            }
            return written;
        });
    }

    @Override
    public void expire(String taskId, long retention) {
        place.store().write(tx -> {
            PreparedStatement update =
                    tx.statement("UPDATE task_results SET expires_at = ? WHERE id = ? AND expires_at > ?");
            update.setLong(1, Statuses.end(place.now(), retention));
            update.setString(2, taskId);
            update.setLong(3, place.now());
            return update.executeUpdate();
        });
    }

    @Override
    public Optional<Row.StoredStatus> await(String taskId, @Nullable String seenState, long seenMicros, long wait)
            throws InterruptedException {
        long end = System.nanoTime() + wait * 1_000_000;
        try (Wakeups.Waiter waiter = place.wakeups().register(List.of("task:" + taskId))) {
            while (true) {
                Optional<State> now = place.store().read(tx -> state(tx, taskId));
                long left = (end - System.nanoTime()) / 1_000_000;
                boolean differs = now.isPresent() && now.get().differs(seenState, seenMicros);
                if (differs || left <= 0 || place.wakeups().closed()) {
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
            return Statuses.read(tx, taskId, place.now()).map(status -> new State(state, status));
        }
    }

    private record State(String state, Row.StoredStatus status) {
        boolean differs(@Nullable String seenState, long seenMicros) {
            return !state.equals(seenState) || status.updatedMicros() != seenMicros;
        }
    }

    @Override
    public List<String> ids(int offset, int limit) {
        return place.store().read(tx -> {
            PreparedStatement select = tx.statement("SELECT id FROM task_results WHERE expires_at > ?"
                    + " ORDER BY updated_at DESC, id DESC LIMIT ? OFFSET ?");
            select.setLong(1, place.now());
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
    public List<Row.StoredStatus> all(List<String> ids) {
        return place.store().read(tx -> {
            List<Row.StoredStatus> found = new ArrayList<>(ids.size());
            for (String id : ids) {
                Statuses.read(tx, id, place.now()).ifPresent(found::add);
            }
            return found;
        });
    }

    @Override
    public void initGroup(Row.Group group, long retention) {
        groups.init(group, retention);
    }

    @Override
    public Optional<Row.Group> addGroupResult(String groupId, Row.Status status) {
        return groups.add(groupId, status);
    }

    @Override
    public Optional<Row.Group> group(String groupId) {
        return place.store().read(tx -> groups.read(tx, groupId));
    }

    @Override
    public boolean claimChord(String groupId, String callbackTaskId, String once) {
        return groups.claim(groupId, callbackTaskId, once);
    }

    @Override
    public void putHeartbeat(String workerId, String body, long retention) {
        place.store().write(tx -> {
            PreparedStatement put = tx.statement(
                    "INSERT OR REPLACE INTO task_heartbeats (worker_id, expires_at, body) VALUES (?, ?, ?)");
            put.setString(1, workerId);
            put.setLong(2, place.now() + retention);
            put.setString(3, body);
            return put.executeUpdate();
        });
    }

    @Override
    public Optional<String> heartbeat(String workerId) {
        return place.store().read(tx -> {
            PreparedStatement select =
                    tx.statement("SELECT body FROM task_heartbeats WHERE worker_id = ? AND expires_at > ?");
            select.setString(1, workerId);
            select.setLong(2, place.now());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        });
    }

    @Override
    public List<String> heartbeats() {
        return place.store().read(tx -> {
            PreparedStatement select =
                    tx.statement("SELECT body FROM task_heartbeats WHERE expires_at > ? ORDER BY worker_id");
            select.setLong(1, place.now());
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
