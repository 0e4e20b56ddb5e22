package bulwark.seats.identity;

import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.store.SeatStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of {@code users}. A row that the audit log does not vouch for does not exist: whoever edits the file makes no administrator. */
final class UserTable {
    private static final String COLUMNS =
            "SELECT id, username, password_hash, role, must_change_password, created_at," + " disabled_at FROM users ";

    private final GuardedRows guarded;

    UserTable(GuardedRows guarded) {
        this.guarded = guarded;
    }

    Optional<User> byId(ReadTx tx, String id) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE id = ?");
        select.setString(1, id);
        return vouched(tx, rows(select)).stream().findFirst();
    }

    Optional<User> byName(ReadTx tx, String name) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE username_folded = ?");
        select.setString(1, folded(name));
        return vouched(tx, rows(select)).stream().findFirst();
    }

    List<User> all(ReadTx tx) throws SQLException {
        return vouched(tx, rows(tx.statement(COLUMNS + "ORDER BY username_folded")));
    }

    /** Administrators who can sign in. */
    long admins(ReadTx tx) throws SQLException {
        return all(tx).stream()
                .filter(user -> user.role().equals("ADMIN") && user.disabled() == null)
                .count();
    }

    void insert(WriteTx tx, User user, AuditEvent event) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO users (id, username, username_folded, password_hash, role,"
                + " must_change_password, created_at, disabled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setString(1, user.id());
        insert.setString(2, user.name());
        insert.setString(3, folded(user.name()));
        insert.setString(4, user.passwordHash());
        insert.setString(5, user.role());
        insert.setInt(6, user.mustChangePassword() ? 1 : 0);
        insert.setString(7, Timestamps.offset(user.created()));
        insert.setString(8, null);
        insert.executeUpdate();
        guarded.append(tx, event, SeatStore.USERS, user.id());
    }

    /** Writes role, hash and flags. */
    void update(WriteTx tx, User user, AuditEvent event) throws SQLException {
        PreparedStatement update = tx.statement(
                "UPDATE users SET password_hash = ?, role = ?, must_change_password = ?, disabled_at = ? WHERE id = ?");
        update.setString(1, user.passwordHash());
        update.setString(2, user.role());
        update.setInt(3, user.mustChangePassword() ? 1 : 0);
        Instant disabled = user.disabled();
        update.setString(4, disabled == null ? null : Timestamps.offset(disabled));
        update.setString(5, user.id());
        update.executeUpdate();
        guarded.append(tx, event, SeatStore.USERS, user.id());
    }

    void delete(WriteTx tx, String id, AuditEvent event) throws SQLException {
        for (String sql : List.of("DELETE FROM password_history WHERE user_id = ?", "DELETE FROM users WHERE id = ?")) {
            PreparedStatement delete = tx.statement(sql);
            delete.setString(1, id);
            delete.executeUpdate();
        }
        guarded.append(tx, event, SeatStore.USERS, id);
    }

    /** The hashes of the user's last passwords, newest first. */
    List<String> history(ReadTx tx, String id, int limit) throws SQLException {
        PreparedStatement select = tx.statement(
                "SELECT password_hash FROM password_history WHERE user_id = ? ORDER BY replaced_at DESC LIMIT ?");
        select.setString(1, id);
        select.setInt(2, limit);
        List<String> hashes = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                hashes.add(rows.getString(1));
            }
        }
        return hashes;
    }

    void remember(WriteTx tx, User before, Instant now) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO password_history (user_id, replaced_at, password_hash)"
                + " VALUES (?, ?, ?) ON CONFLICT (user_id, replaced_at) DO NOTHING");
        insert.setString(1, before.id());
        insert.setString(2, Timestamps.offset(now));
        insert.setString(3, before.passwordHash());
        insert.executeUpdate();
    }

    static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private List<User> vouched(ReadTx tx, List<User> found) throws SQLException {
        List<User> vouched = new ArrayList<>();
        for (User user : found) {
            if (guarded.vouchesFor(tx, SeatStore.USERS, user.id())) {
                vouched.add(user);
            }
        }
        return vouched;
    }

    private static List<User> rows(PreparedStatement select) throws SQLException {
        List<User> users = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                @Nullable String disabled = row.getString(7);
                users.add(new User(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getInt(5) == 1,
                        OffsetDateTime.parse(row.getString(6)).toInstant(),
                        disabled == null ? null : OffsetDateTime.parse(disabled).toInstant()));
            }
        }
        return users;
    }
}
