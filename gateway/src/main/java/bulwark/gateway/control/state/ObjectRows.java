package bulwark.gateway.control.state;

import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The statements of {@code control_objects}, {@code control_references} and {@code control_credentials}. Each that reads objects names a tenant, but for those of {@link EveryTenant}. */
final class ObjectRows {
    private static final String COLUMNS =
            "tenant_id, kind, id, name, state, document, revision, created_at, updated_at";
    private static final String SELECT = "SELECT o." + COLUMNS.replace(", ", ", o.") + " FROM control_objects o ";
    private static final String OF_TENANT = "WHERE o.tenant_id = ? AND o.kind = ? ";

    private ObjectRows() {}

    static Optional<ControlObject> find(ReadTx tx, TenantScope scope, ObjectKind kind, String id) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + OF_TENANT + "AND o.id = ?");
        bind(select, scope, kind);
        select.setString(3, id);
        return rows(select).stream().findFirst();
    }

    static Optional<ControlObject> findNamed(ReadTx tx, TenantScope scope, ObjectKind kind, String name)
            throws SQLException {
        PreparedStatement select = tx.statement(SELECT + OF_TENANT + "AND o.name = ?");
        bind(select, scope, kind);
        select.setString(3, name);
        return rows(select).stream().findFirst();
    }

    static long count(ReadTx tx, TenantScope scope, ObjectKind kind, ObjectFilter filter) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT count(*) FROM control_objects o " + OF_TENANT + conditions(filter));
        bind(select, scope, kind);
        bindFilter(select, filter);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** By creation. */
    static List<ControlObject> list(
            ReadTx tx, TenantScope scope, ObjectKind kind, ObjectFilter filter, PageRequest page) throws SQLException {
        PreparedStatement select =
                tx.statement(SELECT + OF_TENANT + conditions(filter) + "ORDER BY o.created_at, o.id LIMIT ? OFFSET ?");
        bind(select, scope, kind);
        int next = bindFilter(select, filter);
        select.setInt(next, page.size());
        select.setLong(next + 1, page.offset());
        return rows(select);
    }

    private static String conditions(ObjectFilter filter) {
        return (filter.state() == null ? "" : "AND o.state = ? ")
                + (filter.reference() == null
                        ? ""
                        : "AND EXISTS (SELECT 1 FROM control_references r WHERE r.tenant_id = o.tenant_id"
                                + " AND r.kind = o.kind AND r.id = o.id AND r.target = ?) ");
    }

    private static void bind(PreparedStatement select, TenantScope scope, ObjectKind kind) throws SQLException {
        select.setString(1, scope.tenant());
        select.setString(2, kind.word());
    }

    private static int bindFilter(PreparedStatement select, ObjectFilter filter) throws SQLException {
        int next = 3;
        if (filter.state() != null) {
            select.setString(next++, filter.state());
        }
        if (filter.reference() != null) {
            select.setString(next++, filter.reference().text());
        }
        return next;
    }

    /** Of all tenants. */
    static List<ControlObject> everywhere(ReadTx tx, ObjectKind kind, PageRequest page) throws SQLException {
        PreparedStatement select =
                tx.statement(SELECT + "WHERE o.kind = ? ORDER BY o.created_at, o.tenant_id, o.id LIMIT ? OFFSET ?");
        select.setString(1, kind.word());
        select.setInt(2, page.size());
        select.setLong(3, page.offset());
        return rows(select);
    }

    static long countEverywhere(ReadTx tx, ObjectKind kind) throws SQLException {
        PreparedStatement select = tx.statement("SELECT count(*) FROM control_objects o WHERE o.kind = ?");
        select.setString(1, kind.word());
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** @param lookup SHA-256 of the credential, hex */
    static Optional<ControlObject> ofCredential(ReadTx tx, String lookup) throws SQLException {
        PreparedStatement select = tx.statement(
                SELECT + "JOIN control_credentials c ON c.tenant_id = o.tenant_id AND c.kind = o.kind AND c.id = o.id"
                        + " WHERE c.lookup = ?");
        select.setString(1, lookup);
        return rows(select).stream().findFirst();
    }

    private static List<ControlObject> rows(PreparedStatement select) throws SQLException {
        List<ControlObject> objects = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                objects.add(new ControlObject(
                        row.getString(1),
                        ObjectKind.ofWord(row.getString(2)),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        fields(row.getString(6)),
                        row.getLong(7),
                        Instant.ofEpochMilli(row.getLong(8)),
                        Instant.ofEpochMilli(row.getLong(9))));
            }
        }
        return objects;
    }

    private static Map<String, Object> fields(String document) {
        return PlainJson.withoutNulls(StrictJson.parse(document.getBytes(StandardCharsets.UTF_8)));
    }

    /** As it is read again. */
    static ControlObject asStored(ControlObject object) {
        return new ControlObject(
                object.tenant(),
                object.kind(),
                object.id(),
                object.name(),
                object.state(),
                fields(object.document()),
                object.revision(),
                object.created().truncatedTo(ChronoUnit.MILLIS),
                object.updated().truncatedTo(ChronoUnit.MILLIS));
    }

    static void insert(WriteTx tx, ControlObject object) throws SQLException {
        PreparedStatement insert =
                tx.statement("INSERT INTO control_objects (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setString(1, object.tenant());
        insert.setString(2, object.kind().word());
        insert.setString(3, object.id());
        insert.setString(4, object.name());
        insert.setString(5, object.state());
        insert.setString(6, object.document());
        insert.setLong(7, object.revision());
        insert.setLong(8, object.created().toEpochMilli());
        insert.setLong(9, object.updated().toEpochMilli());
        insert.executeUpdate();
    }

    static void update(WriteTx tx, ControlObject object) throws SQLException {
        PreparedStatement update = tx.statement(
                "UPDATE control_objects SET name = ?, state = ?, document = ?, revision = ?, updated_at = ?"
                        + " WHERE tenant_id = ? AND kind = ? AND id = ?");
        update.setString(1, object.name());
        update.setString(2, object.state());
        update.setString(3, object.document());
        update.setLong(4, object.revision());
        update.setLong(5, object.updated().toEpochMilli());
        update.setString(6, object.tenant());
        update.setString(7, object.kind().word());
        update.setString(8, object.id());
        update.executeUpdate();
    }

    static void delete(WriteTx tx, ControlObject object) throws SQLException {
        for (String table : List.of("control_references", "control_credentials", "control_objects")) {
            PreparedStatement delete =
                    tx.statement("DELETE FROM " + table + " WHERE tenant_id = ? AND kind = ? AND id = ?");
            bindKey(delete, 1, object);
            delete.executeUpdate();
        }
    }

    static void refer(WriteTx tx, ControlObject object, Collection<Reference> to) throws SQLException {
        for (Reference target : to) {
            PreparedStatement insert =
                    tx.statement("INSERT INTO control_references (tenant_id, kind, id, target) VALUES (?, ?, ?, ?)");
            bindKey(insert, 1, object);
            insert.setString(4, target.text());
            insert.executeUpdate();
        }
    }

    /** Takes the place of the digests before. */
    static void credentials(WriteTx tx, ControlObject object, Collection<String> lookups) throws SQLException {
        PreparedStatement delete =
                tx.statement("DELETE FROM control_credentials WHERE tenant_id = ? AND kind = ? AND id = ?");
        bindKey(delete, 1, object);
        delete.executeUpdate();
        for (String lookup : lookups) {
            PreparedStatement insert =
                    tx.statement("INSERT INTO control_credentials (lookup, tenant_id, kind, id) VALUES (?, ?, ?, ?)");
            insert.setString(1, lookup);
            bindKey(insert, 2, object);
            insert.executeUpdate();
        }
    }

    private static void bindKey(PreparedStatement statement, int from, ControlObject object) throws SQLException {
        statement.setString(from, object.tenant());
        statement.setString(from + 1, object.kind().word());
        statement.setString(from + 2, object.id());
    }

    static List<String> key(ControlObject object) {
        return List.of(object.tenant(), object.kind().word(), object.id());
    }
}
