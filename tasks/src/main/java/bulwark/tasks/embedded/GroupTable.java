package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.tasks.store.StatusTransitions;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rows of {@code task_groups} and of their results. Thread-safe. */
final class GroupTable {
    private final StoreContext context;

    GroupTable(StoreContext context) {
        this.context = context;
    }

    void init(StoreRpc.Group group, long retention) {
        context.store().write(tx -> {
            PreparedStatement drop = tx.statement("DELETE FROM task_groups WHERE id = ?");
            drop.setString(1, group.id());
            drop.executeUpdate();
            PreparedStatement insert =
                    tx.statement("INSERT INTO task_groups (id, expected, expires_at, meta) VALUES (?, ?, ?, ?)");
            insert.setString(1, group.id());
            insert.setInt(2, group.expected());
            insert.setLong(3, context.now() + retention);
            insert.setString(4, group.meta());
            return insert.executeUpdate();
        });
    }

    Optional<StoreRpc.Group> add(String groupId, StoreRpc.Status status) {
        return context.store().write(tx -> {
            if (read(tx, groupId).isEmpty()) {
                return Optional.empty();
            }
            PreparedStatement insert = tx.statement("INSERT OR REPLACE INTO task_group_results"
                    + " (group_id, task_id, created_at, updated_at, body) VALUES (?, ?, ?, ?, ?)");
            insert.setString(1, groupId);
            insert.setString(2, status.id());
            insert.setLong(3, status.createdMicros());
            insert.setLong(4, status.updatedMicros());
            insert.setString(5, status.body());
            insert.executeUpdate();
            return read(tx, groupId);
        });
    }

    Optional<StoreRpc.Group> read(ReadTx tx, String groupId) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT expected, meta FROM task_groups WHERE id = ? AND expires_at > ?");
        select.setString(1, groupId);
        select.setLong(2, context.now());
        try (ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.of(new StoreRpc.Group(groupId, row.getInt(1), row.getString(2), results(tx, groupId)))
                    : Optional.empty();
        }
    }

    private static List<StoreRpc.StoredStatus> results(ReadTx tx, String groupId) throws SQLException {
        PreparedStatement select = tx.statement(
                "SELECT body, created_at, updated_at FROM task_group_results WHERE group_id = ? ORDER BY task_id");
        select.setString(1, groupId);
        List<StoreRpc.StoredStatus> results = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                results.add(new StoreRpc.StoredStatus(rows.getString(1), rows.getLong(2), rows.getLong(3)));
            }
        }
        return results;
    }

    boolean claim(String groupId, String callbackTaskId, String once) {
        return context.store()
                .write(tx -> CallDeduplicator.run(tx, once, context.now(), () -> {
                    PreparedStatement claim = tx.statement("UPDATE task_groups SET claimed_by = ?1,"
                            + " meta = json_set(meta, ?2, json('true'), '$.\"stem.chord.callbackTaskId\"', ?1,"
                            + " '$.\"stem.chord.dispatchedAt\"', ?3)"
                            + " WHERE id = ?4 AND claimed_by IS NULL AND expires_at > ?5");
                    claim.setString(1, callbackTaskId);
                    claim.setString(2, "$.\"" + StatusTransitions.CHORD_CLAIMED + "\"");
                    claim.setString(3, StatusTransitions.millis(context.clock().instant()));
                    claim.setString(4, groupId);
                    claim.setLong(5, context.now());
                    return List.of(claim.executeUpdate() == 1);
                }))
                .getFirst();
    }
}
