package bulwark.kernel.storage;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The transaction that the jobs of one batch share. Belongs to the writer thread. */
final class BatchTx implements WriteTx {
    private static final Logger LOG = LoggerFactory.getLogger(BatchTx.class);

    private final StatementCache statements;
    private final List<Runnable> resets = new ArrayList<>();
    private final List<Runnable> actions = new ArrayList<>();
    private long changesBeforeJob;
    private int resetsBeforeJob;
    private int actionsBeforeJob;

    BatchTx(StatementCache statements) {
        this.statements = statements;
    }

    @Override
    public PreparedStatement statement(String sql) throws SQLException {
        return statements.get(sql);
    }

    @Override
    public void onRollback(Runnable reset) {
        resets.add(reset);
    }

    @Override
    public void afterCommit(Runnable action) {
        actions.add(action);
    }

    void startJob() throws SQLException {
        changesBeforeJob = statements.totalChanges();
        resetsBeforeJob = resets.size();
        actionsBeforeJob = actions.size();
    }

    void endJob() throws SQLException {
        statements.resetQueries();
    }

    /** Rows, or memory that follows the store. */
    boolean jobChangedSomething() throws SQLException {
        return statements.totalChanges() != changesBeforeJob || resets.size() != resetsBeforeJob;
    }

    /** Forgets a job that changed nothing and threw. */
    void dropJob() {
        actions.subList(actionsBeforeJob, actions.size()).clear();
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
