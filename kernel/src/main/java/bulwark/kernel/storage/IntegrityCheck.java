package bulwark.kernel.storage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** SQLite's own checks of a database file. */
final class IntegrityCheck {
    private IntegrityCheck() {}

    /** @return one sentence each, empty when whole */
    static List<String> problems(Connection connection) {
        List<String> problems = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("PRAGMA integrity_check")) {
                while (rows.next()) {
                    if (!"ok".equals(rows.getString(1))) {
                        problems.add("The database file is damaged: " + rows.getString(1) + ".");
                    }
                }
            }
            try (ResultSet rows = statement.executeQuery("PRAGMA foreign_key_check")) {
                while (rows.next()) {
                    problems.add("Row " + rows.getString(2) + " of table " + rows.getString(1)
                            + " points to a missing row of " + rows.getString(3) + ".");
                }
            }
        } catch (SQLException e) {
            problems.add("The database file cannot be read: " + e.getMessage() + ".");
        }
        return problems;
    }
}
