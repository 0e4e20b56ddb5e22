package bulwark.seats.send;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.Approval;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of {@code tx_pauses}, and of what people said of their end. */
final class PauseRows {
    private static final String COLUMNS = "SELECT number, code, reason, actor, created_at FROM tx_pauses ";

    private PauseRows() {}

    /** A pause that is not lifted. @param code stable: {@code PAUSED} for one that a person ordered */
    record Pause(long number, String code, String reason, String actor, String since) {}

    /** The oldest one: pauses are lifted one by one. */
    static Optional<Pause> oldest(ReadTx tx) throws SQLException {
        return pauses(tx.statement(COLUMNS + "WHERE lifted_at IS NULL ORDER BY number LIMIT 1")).stream()
                .findFirst();
    }

    static List<Pause> all(ReadTx tx) throws SQLException {
        return pauses(tx.statement(COLUMNS + "WHERE lifted_at IS NULL ORDER BY number"));
    }

    /** @return false when one of this code is there: its first reason stays */
    static boolean insert(WriteTx tx, String code, String reason, String actor, String now) throws SQLException {
        for (Pause pause : all(tx)) {
            if (pause.code().equals(code)) {
                return false;
            }
        }
        PreparedStatement insert = tx.statement("INSERT INTO tx_pauses (number, code, reason, actor, created_at) VALUES"
                + " ((SELECT coalesce(max(number), 0) + 1 FROM tx_pauses), ?, ?, ?, ?)");
        insert.setString(1, code);
        insert.setString(2, reason);
        insert.setString(3, actor);
        insert.setString(4, now);
        insert.executeUpdate();
        return true;
    }

    static void lift(WriteTx tx, long number, String actor, String now) throws SQLException {
        PreparedStatement update = tx.statement(
                "UPDATE tx_pauses SET lifted_at = ?, lifted_by = ? WHERE number = ? AND lifted_at IS NULL");
        update.setString(1, now);
        update.setString(2, actor);
        update.setLong(3, number);
        update.executeUpdate();
    }

    static void put(WriteTx tx, long pause, Approval approval) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO tx_pause_approvals (pause, person, document) VALUES"
                + " (?, ?, ?) ON CONFLICT (pause, person) DO UPDATE SET document = excluded.document");
        insert.setLong(1, pause);
        insert.setString(2, approval.person());
        insert.setString(3, StrictJson.text(approval.json()));
        insert.executeUpdate();
    }

    static List<Approval> approvals(ReadTx tx, long pause) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT document FROM tx_pause_approvals WHERE pause = ? ORDER BY person");
        select.setLong(1, pause);
        List<Approval> approvals = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                approvals.add(Approval.read(row.getString(1).getBytes(StandardCharsets.UTF_8)));
            }
        }
        return approvals;
    }

    private static List<Pause> pauses(PreparedStatement select) throws SQLException {
        List<Pause> pauses = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                pauses.add(new Pause(
                        row.getLong(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)));
            }
        }
        return pauses;
    }
}
