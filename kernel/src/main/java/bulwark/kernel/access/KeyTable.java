package bulwark.kernel.access;

import bulwark.kernel.access.ApiKeys.KeyRecord;
import bulwark.kernel.access.ApiKeys.NewKey;
import bulwark.kernel.access.ApiKeys.Prepared;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of {@code api_keys}. Permissions and scopes are stored sorted, joined by commas; no scopes (NULL) mean no limit. */
record KeyTable(Clock clock, Duration maxAge) {
    private static final String COLUMNS = "SELECT id, entity_uri, permissions, description, tenant_id, created_at,"
            + " expires_at, revoked_at, argon2id, bound_to, scopes FROM api_keys ";

    record Row(KeyRecord key, String argon2id) {}

    static Instant instant(String timestamp) {
        return OffsetDateTime.parse(timestamp).toInstant();
    }

    KeyRecord insert(WriteTx tx, Prepared prepared, NewKey key) throws SQLException {
        Instant created = Timestamps.toMicros(clock.instant());
        Instant wanted = key.expiresAt() == null ? null : instant(key.expiresAt());
        KeyRecord record = new KeyRecord(
                UUID.randomUUID().toString(),
                key.entityUri(),
                sorted(key.permissions()),
                key.description(),
                key.tenant(),
                Timestamps.offset(created),
                end(created, wanted),
                null,
                key.boundTo(),
                sorted(key.scopes()));
        PreparedStatement insert = tx.statement("INSERT INTO api_keys (id, lookup, argon2id, entity_uri, permissions,"
                + " description, tenant_id, created_at, expires_at, bound_to, scopes)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setString(1, record.id());
        insert.setString(2, prepared.lookup());
        insert.setString(3, prepared.argon2id());
        insert.setString(4, record.entityUri());
        insert.setString(5, String.join(",", record.permissions()));
        insert.setString(6, record.description());
        insert.setString(7, record.tenant());
        insert.setString(8, record.createdAt());
        insert.setString(9, record.expiresAt());
        insert.setString(10, record.boundTo());
        insert.setString(11, record.scopes().isEmpty() ? null : String.join(",", record.scopes()));
        insert.executeUpdate();
        return record;
    }

    /** The lookup of the key that was live until now. */
    Optional<String> revoke(WriteTx tx, String id) throws SQLException {
        PreparedStatement find = tx.statement("SELECT lookup FROM api_keys WHERE id = ? AND revoked_at IS NULL");
        find.setString(1, id);
        String lookup;
        try (ResultSet rows = find.executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            lookup = rows.getString(1);
        }
        PreparedStatement update = tx.statement("UPDATE api_keys SET revoked_at = ? WHERE id = ?");
        update.setString(1, Timestamps.offset(clock.instant()));
        update.setString(2, id);
        update.executeUpdate();
        return Optional.of(lookup);
    }

    List<KeyRecord> live(ReadTx tx, String tenant, @Nullable String entityUri) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE revoked_at IS NULL AND tenant_id = ?"
                + " AND (? IS NULL OR entity_uri = ?) ORDER BY created_at DESC, rowid DESC");
        select.setString(1, tenant);
        select.setString(2, entityUri);
        select.setString(3, entityUri);
        return rows(select).stream().map(Row::key).toList();
    }

    /** The live key that expires first, read without reading the others. */
    Optional<KeyRecord> firstToExpire(ReadTx tx, String tenant) throws SQLException {
        Instant now = clock.instant();
        Optional<KeyRecord> first = first(tx, tenant, "expires_at", now);
        Optional<KeyRecord> oldest =
                maxAge.isZero() ? Optional.empty() : first(tx, tenant, "created_at", now.minus(maxAge));
        return Stream.concat(first.stream(), oldest.stream())
                .min(Comparator.comparing(key -> instant(String.valueOf(key.expiresAt()))));
    }

    static String firstBy(String column) {
        return COLUMNS + "WHERE revoked_at IS NULL AND tenant_id = ? AND (expires_at IS NULL OR expires_at > ?) AND "
                + column + " > ? ORDER BY " + column + " LIMIT 1";
    }

    private Optional<KeyRecord> first(ReadTx tx, String tenant, String column, Instant after) throws SQLException {
        PreparedStatement select = tx.statement(firstBy(column));
        select.setString(1, tenant);
        select.setString(2, Timestamps.offset(clock.instant()));
        select.setString(3, Timestamps.offset(after));
        return rows(select).stream().findFirst().map(Row::key);
    }

    Optional<KeyRecord> byId(ReadTx tx, String id) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE id = ?");
        select.setString(1, id);
        return rows(select).stream().findFirst().map(Row::key);
    }

    Optional<Row> byLookup(ReadTx tx, String lookup) throws SQLException {
        PreparedStatement select = tx.statement(COLUMNS + "WHERE lookup = ?");
        select.setString(1, lookup);
        return rows(select).stream().findFirst();
    }

    boolean isEmpty(ReadTx tx) throws SQLException {
        try (ResultSet rows = tx.statement("SELECT 1 FROM api_keys LIMIT 1").executeQuery()) {
            return !rows.next();
        }
    }

    private List<Row> rows(PreparedStatement select) throws SQLException {
        List<Row> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                String createdAt = rows.getString(6);
                String expiresAt = rows.getString(7);
                KeyRecord key = new KeyRecord(
                        rows.getString(1),
                        rows.getString(2),
                        sorted(Set.of(rows.getString(3).split(","))),
                        rows.getString(4),
                        rows.getString(5),
                        createdAt,
                        end(instant(createdAt), expiresAt == null ? null : instant(expiresAt)),
                        rows.getString(8),
                        rows.getString(10),
                        scopes(rows.getString(11)));
                found.add(new Row(key, rows.getString(9)));
            }
        }
        return found;
    }

    private @Nullable String end(Instant created, @Nullable Instant wanted) {
        Instant oldest = maxAge.isZero() ? null : created.plus(maxAge);
        if (wanted == null || (oldest != null && oldest.isBefore(wanted))) {
            return oldest == null ? null : Timestamps.offset(oldest);
        }
        return Timestamps.offset(wanted);
    }

    private static Set<String> scopes(@Nullable String stored) {
        return stored == null ? Set.of() : sorted(Set.of(stored.split(",")));
    }

    private static Set<String> sorted(Set<String> permissions) {
        return java.util.Collections.unmodifiableSet(new LinkedHashSet<>(new TreeSet<>(permissions)));
    }
}
