package bulwark.tasks.embedded;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Schedules in the store. Thread-safe. */
final class SqliteSchedules implements ScheduleApi {
    private static final int HISTORY_KEPT = 1_000;
    private static final String COLUMNS = "SELECT id, version, enabled, next_run, expire_at, body FROM task_schedules";

    private final StoreContext context;

    SqliteSchedules(StoreContext context) {
        this.context = context;
    }

    @Override
    public List<StoreRpc.Schedule> list() {
        return context.store()
                .read(tx -> schedules(tx.statement(COLUMNS + " ORDER BY next_run IS NULL, next_run, id")));
    }

    @Override
    public Optional<StoreRpc.Schedule> get(String id) {
        return context.store().read(tx -> {
            PreparedStatement select = tx.statement(COLUMNS + " WHERE id = ?");
            select.setString(1, id);
            return schedules(select).stream().findFirst();
        });
    }

    private static List<StoreRpc.Schedule> schedules(PreparedStatement select) throws SQLException {
        List<StoreRpc.Schedule> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(new StoreRpc.Schedule(
                        row.getString(1),
                        row.getLong(2),
                        row.getBoolean(3),
                        orNull(row, 4),
                        orNull(row, 5),
                        row.getString(6)));
            }
        }
        return found;
    }

    static @Nullable Long orNull(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : (Long) value;
    }

    static void bind(PreparedStatement statement, int column, @Nullable Long value) throws SQLException {
        if (value == null) {
            statement.setNull(column, Types.INTEGER);
        } else {
            statement.setLong(column, value);
        }
    }

    @Override
    public long put(StoreRpc.Schedule schedule) {
        return context.store().write(tx -> {
            long actual = version(tx, schedule.id());
            if (actual == schedule.version()) {
                write(tx, schedule);
            }
            return actual;
        });
    }

    private static long version(ReadTx tx, String id) throws SQLException {
        PreparedStatement select = tx.statement("SELECT version FROM task_schedules WHERE id = ?");
        select.setString(1, id);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static void write(WriteTx tx, StoreRpc.Schedule schedule) throws SQLException {
        PreparedStatement put = tx.statement("INSERT OR REPLACE INTO task_schedules"
                + " (id, version, enabled, next_run, expire_at, body) VALUES (?, ?, ?, ?, ?, ?)");
        put.setString(1, schedule.id());
        put.setLong(2, schedule.version() + 1);
        put.setBoolean(3, schedule.enabled());
        bind(put, 4, schedule.nextRunMicros());
        bind(put, 5, schedule.expireMicros());
        put.setString(6, schedule.body());
        put.executeUpdate();
    }

    @Override
    public List<StoreRpc.Schedule> due(long nowMicros, int limit) {
        return context.store().read(tx -> {
            PreparedStatement select = tx.statement(COLUMNS + " WHERE enabled = 1 AND next_run IS NOT NULL"
                    + " AND next_run <= ?1 AND (expire_at IS NULL OR expire_at > ?1) ORDER BY next_run, id LIMIT ?2");
            select.setLong(1, nowMicros);
            select.setInt(2, limit);
            return schedules(select);
        });
    }

    @Override
    public void remove(String id) {
        context.store().write(tx -> {
            for (String sql : List.of(
                    "DELETE FROM task_schedules WHERE id = ?",
                    "DELETE FROM task_schedule_history WHERE schedule_id = ?")) {
                PreparedStatement delete = tx.statement(sql);
                delete.setString(1, id);
                delete.executeUpdate();
            }
            return id;
        });
    }

    @Override
    public void record(String id, StoreRpc.FireRecord fired) {
        context.store().write(tx -> {
            PreparedStatement insert = tx.statement(
                    "INSERT INTO task_schedule_history"
                            + " (schedule_id, scheduled_at, executed_at, success, duration_ms, error) VALUES (?, ?, ?, ?, ?, ?)");
            insert.setString(1, id);
            insert.setLong(2, fired.scheduledMicros());
            insert.setLong(3, fired.executedMicros());
            insert.setBoolean(4, fired.success());
            insert.setLong(5, fired.duration());
            insert.setString(6, fired.error());
            insert.executeUpdate();
            PreparedStatement trim = tx.statement("DELETE FROM task_schedule_history WHERE schedule_id = ?1"
                    + " AND id <= (SELECT id FROM task_schedule_history WHERE schedule_id = ?1"
                    + " ORDER BY id DESC LIMIT 1 OFFSET " + HISTORY_KEPT + ")");
            trim.setString(1, id);
            return trim.executeUpdate();
        });
    }

    @Override
    public List<StoreRpc.FireRecord> history(String id, int limit) {
        return context.store().read(tx -> {
            PreparedStatement select = tx.statement("SELECT scheduled_at, executed_at, success, duration_ms, error"
                    + " FROM task_schedule_history WHERE schedule_id = ? ORDER BY id DESC LIMIT ?");
            select.setString(1, id);
            select.setInt(2, limit);
            List<StoreRpc.FireRecord> fired = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    fired.add(new StoreRpc.FireRecord(
                            row.getLong(1), row.getLong(2), row.getBoolean(3), row.getLong(4), row.getString(5)));
                }
            }
            return fired;
        });
    }

    @Override
    public Optional<Long> nextDue() {
        return context.store().read(tx -> {
            try (ResultSet row = tx.statement(
                            "SELECT min(next_run) FROM task_schedules WHERE enabled = 1 AND next_run IS NOT NULL")
                    .executeQuery()) {
                row.next();
                return Optional.ofNullable(orNull(row, 1));
            }
        });
    }
}
