package bulwark.seats.watch;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Open alerts. An alert that comes again keeps the time since when it is open. */
public final class AlertTable {
    /** More are not shown, so that a flood of deposits cannot fill a page. */
    private static final int MAX_SHOWN = 500;

    private AlertTable() {}

    static void open(WriteTx tx, Alert alert, String now) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO watch_alerts (code, subject, severity, since, cause,"
                + " next_step) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (code, subject) DO UPDATE SET"
                + " severity = excluded.severity, cause = excluded.cause, next_step = excluded.next_step");
        insert.setString(1, alert.code());
        insert.setString(2, alert.subject());
        insert.setString(3, alert.severity().name().toLowerCase(Locale.ROOT));
        insert.setString(4, now);
        insert.setString(5, alert.cause());
        insert.setString(6, alert.nextStep());
        insert.executeUpdate();
    }

    /** Whatever is not open is left alone. */
    static void close(WriteTx tx, String code, String subject) throws SQLException {
        PreparedStatement delete = tx.statement("DELETE FROM watch_alerts WHERE code = ? AND subject = ?");
        delete.setString(1, code);
        delete.setString(2, subject);
        delete.executeUpdate();
    }

    /** Opens what is given and closes every other alert of these codes: the state of one look at everything. */
    static void replace(WriteTx tx, Collection<String> codes, List<Alert> open, String now) throws SQLException {
        Set<List<String>> stay = new HashSet<>();
        open.forEach(each -> stay.add(List.of(each.code(), each.subject())));
        for (String code : codes) {
            for (String subject : subjects(tx, code)) {
                if (!stay.contains(List.of(code, subject))) {
                    close(tx, code, subject);
                }
            }
        }
        for (Alert each : open) {
            open(tx, each, now);
        }
    }

    private static List<String> subjects(ReadTx tx, String code) throws SQLException {
        PreparedStatement select = tx.statement("SELECT subject FROM watch_alerts WHERE code = ?");
        select.setString(1, code);
        List<String> subjects = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                subjects.add(row.getString(1));
            }
        }
        return subjects;
    }

    /** Oldest first, as the API shows them. */
    public static List<Map<String, Object>> shown(ReadTx tx) throws SQLException {
        PreparedStatement select = tx.statement("SELECT code, subject, severity, since, cause, next_step FROM"
                + " watch_alerts ORDER BY since, code, subject LIMIT " + MAX_SHOWN);
        List<Map<String, Object>> shown = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Map<String, Object> each = new LinkedHashMap<>();
                each.put("code", row.getString(1));
                each.put("subject", row.getString(2));
                each.put("severity", row.getString(3));
                each.put("since", row.getString(4));
                each.put("cause", row.getString(5));
                each.put("nextStep", row.getString(6));
                shown.add(each);
            }
        }
        return shown;
    }

    /** @param severity in lower case */
    static long count(ReadTx tx, String severity) throws SQLException {
        PreparedStatement select = tx.statement("SELECT count(*) FROM watch_alerts WHERE severity = ?");
        select.setString(1, severity);
        try (ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** By a person; one whose cause is still there is opened again by the next look. @return whether there was such an alert */
    public static boolean closeByHand(WriteTx tx, String code, String subject) throws SQLException {
        boolean open = subjects(tx, code).contains(subject);
        close(tx, code, subject);
        return open;
    }
}
