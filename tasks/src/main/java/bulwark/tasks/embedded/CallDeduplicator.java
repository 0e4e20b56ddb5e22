package bulwark.tasks.embedded;

import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Calls whose answer may have been lost: their repetition gets the first answer and does nothing. Rows of {@code task_identities}. */
final class CallDeduplicator {
    private static final long RETENTION_MS = 600_000;

    private CallDeduplicator() {}

    interface Work {
        List<Boolean> run() throws SQLException;
    }

    /** @param once empty when no answer can be lost */
    static List<Boolean> run(WriteTx tx, String once, long now, Work work) throws SQLException {
        if (once.isEmpty()) {
            return work.run();
        }
        PreparedStatement find = tx.statement("SELECT answer FROM task_identities WHERE identity = ?");
        find.setString(1, "call:" + once);
        try (ResultSet row = find.executeQuery()) {
            if (row.next()) {
                return row.getString(1).chars().mapToObj(c -> c == '1').toList();
            }
        }
        List<Boolean> answer = work.run();
        StringBuilder text = new StringBuilder(answer.size());
        answer.forEach(yes -> text.append(yes ? '1' : '0'));
        remember(tx, "call:" + once, now, RETENTION_MS, text.toString());
        return answer;
    }

    /** @return false when it was remembered already */
    static boolean remember(WriteTx tx, String identity, long now, long remembered, String answer) throws SQLException {
        PreparedStatement insert =
                tx.statement("INSERT INTO task_identities (identity, expires_at, answer) VALUES (?1, ?2, ?3)"
                        + " ON CONFLICT (identity) DO UPDATE SET expires_at = ?2, answer = ?3 WHERE expires_at <= ?4");
        insert.setString(1, identity);
        insert.setLong(2, now + remembered);
        insert.setString(3, answer);
        insert.setLong(4, now);
        return insert.executeUpdate() == 1;
    }
}
