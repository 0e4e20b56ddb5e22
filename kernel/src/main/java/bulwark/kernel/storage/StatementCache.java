package bulwark.kernel.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;

/** The prepared statements of one connection, by their text. Belongs to the connection's thread. */
final class StatementCache {
    private final Connection connection;
    private final DB database;
    private final Map<String, Cached> cache = new HashMap<>();
    private final List<Cached> queriesInUse = new ArrayList<>();

    StatementCache(Connection connection) throws SQLException {
        this.connection = connection;
        this.database = connection.unwrap(SQLiteConnection.class).getDatabase();
    }

    PreparedStatement get(String sql) throws SQLException {
        Cached cached = cache.get(sql);
        if (cached == null || cached.isClosed()) {
            cached = Cached.of(connection.prepareStatement(sql));
            cache.put(sql, cached);
        }
        if (cached.query) {
            queriesInUse.add(cached);
        }
        return cached.statement;
    }

    void run(String sql) throws SQLException {
        get(sql).executeUpdate();
    }

    /** A cursor left open would keep its snapshot, and with it the write-ahead log, alive. */
    void resetQueries() throws SQLException {
        for (int i = 0; i < queriesInUse.size(); i++) {
            Cached query = queriesInUse.get(i);
            if (!query.isClosed()) {
                ((CoreStatement) query.statement).pointer.safeRunConsume(DB::reset);
            }
        }
        queriesInUse.clear();
    }

    /** Rows changed since the connection opened. */
    long totalChanges() throws SQLException {
        return database.total_changes();
    }

    private record Cached(PreparedStatement statement, boolean query) {
        /** The driver closes a statement whose execution failed. */
        boolean isClosed() {
            return ((CoreStatement) statement).pointer.isClosed();
        }

        static Cached of(PreparedStatement statement) throws SQLException {
            return new Cached(statement, ((CoreStatement) statement).pointer.safeRunInt(DB::column_count) > 0);
        }
    }
}
