package bulwark.kernel.postgresql;

import bulwark.kernel.storage.WriteTx;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One transaction, of one job that reads or of the jobs of a batch. For one thread. */
final class PostgresTx implements WriteTx {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresTx.class);

    private final Connection connection;
    private final int queryTimeoutSeconds;
    private final long began = System.nanoTime();
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final Set<Object> looked = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Runnable> resets = new ArrayList<>();
    private final List<Runnable> actions = new ArrayList<>();
    private boolean jobChanges;
    private int actionsBeforeJob;

    /** @param queryTimeoutSeconds of each statement besides the limit of the session; 0 for none */
    PostgresTx(Connection connection, int queryTimeoutSeconds) {
        this.connection = connection;
        this.queryTimeoutSeconds = queryTimeoutSeconds;
    }

    @Override
    public PreparedStatement statement(String sql) throws SQLException {
        jobChanges |= PostgresSql.changes(sql);
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            // The driver keeps what was prepared for the connection.
            statement = connection.prepareStatement(PostgresSql.statement(sql));
            statement.setQueryTimeout(queryTimeoutSeconds);
            statements.put(sql, statement);
        }
        return statement;
    }

    @Override
    public long began() {
        return began;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public boolean mustLookForOthers(Object asker) {
        return looked.add(asker);
    }

    @Override
    public void onRollback(Runnable reset) {
        jobChanges = true;
        resets.add(reset);
    }

    @Override
    public void afterCommit(Runnable action) {
        actions.add(action);
    }

    void startJob() {
        jobChanges = false;
        actionsBeforeJob = actions.size();
    }

    /** Rows, or memory that follows the store. */
    boolean jobChangedSomething() {
        return jobChanges;
    }

    /** Forgets a job that changed nothing and threw. */
    void dropJob() {
        actions.subList(actionsBeforeJob, actions.size()).clear();
    }

    /** Cursors that a job left open end with it. */
    void closeStatements() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
        statements.clear();
    }

    void committed() {
        resets.clear();
        runAndClear(actions);
    }

    void rolledBack() {
        actions.clear();
        runAndClear(resets.reversed());
    }

    private static void runAndClear(List<Runnable> list) {
        for (Runnable runnable : list) {
            try {
                runnable.run();
            } catch (RuntimeException e) {
                LOG.error("An action that follows a transaction failed; the transaction stands.", e);
            }
        }
        list.clear();
    }
}
