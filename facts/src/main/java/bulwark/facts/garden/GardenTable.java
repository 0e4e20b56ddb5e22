package bulwark.facts.garden;

import bulwark.facts.AccessTables;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.web.RequestMemory;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** SQL of gardens and their members. Each change moves the version that caches compare with. */
final class GardenTable {
    /** The text of a row lies in memory as read, as text of the answer and as bytes, each up to two bytes a character. */
    private static final long COPIES = 6;

    private static final int OVERHEAD = 1024;

    private static final String SELECT = "SELECT g.id, g.slug, g.name, g.scope, g.description, g.created_by,"
            + " g.created_at, g.quarantine FROM gardens g WHERE g.deleted_at IS NULL AND g.tenant_id = ? ";

    private GardenTable() {}

    static Optional<Garden> find(ReadTx tx, String tenant, String slugOrId) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "AND (g.slug = ? OR g.id = ?)");
        select.setString(1, tenant);
        select.setString(2, slugOrId);
        select.setString(3, slugOrId);
        List<Garden> found = gardens(select, RequestMemory.unlimited());
        return found.isEmpty() ? Optional.empty() : Optional.of(found.getFirst());
    }

    /** @param memory pays for each row before it is told */
    static List<Garden> all(ReadTx tx, String tenant, RequestMemory memory) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + "ORDER BY g.created_at, g.slug");
        select.setString(1, tenant);
        return gardens(select, memory);
    }

    static Set<String> idsOfMember(ReadTx tx, String tenant, String entityUri) throws SQLException {
        PreparedStatement select = tx.statement("SELECT g.id FROM garden_members m JOIN gardens g ON g.id = m.garden_id"
                + " WHERE m.entity_uri = ? AND g.tenant_id = ? AND g.deleted_at IS NULL");
        select.setString(1, entityUri);
        select.setString(2, tenant);
        Set<String> ids = new LinkedHashSet<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    /** As the audit log vouches for it: neither a garden nor a member that somebody put into the file counts. */
    static boolean isVouchedFor(ReadTx tx, GuardedRows guarded, String gardenId, String entityUri) throws SQLException {
        return guarded.vouchesFor(tx, AccessTables.GARDENS, gardenId)
                && guarded.vouchesFor(tx, AccessTables.GARDEN_MEMBERS, gardenId, entityUri);
    }

    /** As {@link #role}, of a membership that counts. */
    static Optional<String> vouchedRole(ReadTx tx, GuardedRows guarded, String gardenId, String entityUri)
            throws SQLException {
        Optional<String> role = role(tx, gardenId, entityUri);
        return role.isPresent() && isVouchedFor(tx, guarded, gardenId, entityUri) ? role : Optional.empty();
    }

    /** @param memory pays for each row before it is told */
    static List<Garden.Member> members(ReadTx tx, String gardenId, RequestMemory memory) throws SQLException {
        PreparedStatement select = tx.statement("SELECT entity_uri, role, added_by, added_at FROM garden_members"
                + " WHERE garden_id = ? ORDER BY added_at, entity_uri");
        select.setString(1, gardenId);
        List<Garden.Member> members = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                Garden.Member member =
                        new Garden.Member(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4));
                memory.take(OVERHEAD
                        + COPIES
                                * (member.entityUri().length()
                                        + member.addedBy().length()));
                members.add(member);
            }
        }
        return members;
    }

    static Optional<String> role(ReadTx tx, String gardenId, String entityUri) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT role FROM garden_members WHERE garden_id = ? AND entity_uri = ?");
        select.setString(1, gardenId);
        select.setString(2, entityUri);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
    }

    static void insert(WriteTx tx, String tenant, Garden garden) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO gardens (id, tenant_id, slug, name, scope, description,"
                + " created_by, created_at, quarantine) VALUES (?,?,?,?,?,?,?,?,?)");
        insert.setString(1, garden.id());
        insert.setString(2, tenant);
        insert.setString(3, garden.slug());
        insert.setString(4, garden.name());
        insert.setString(5, garden.scope());
        insert.setString(6, garden.description());
        insert.setString(7, garden.createdBy());
        insert.setString(8, garden.createdAt());
        insert.setInt(9, garden.quarantine() ? 1 : 0);
        insert.executeUpdate();
        changed(tx);
    }

    static void delete(WriteTx tx, String gardenId, String now) throws SQLException {
        PreparedStatement update = tx.statement("UPDATE gardens SET deleted_at = ? WHERE id = ?");
        update.setString(1, now);
        update.setString(2, gardenId);
        update.executeUpdate();
        changed(tx);
    }

    static void put(WriteTx tx, String gardenId, Garden.Member member) throws SQLException {
        PreparedStatement upsert = tx.statement("INSERT OR REPLACE INTO garden_members"
                + " (garden_id, entity_uri, role, added_by, added_at) VALUES (?,?,?,?,?)");
        upsert.setString(1, gardenId);
        upsert.setString(2, member.entityUri());
        upsert.setString(3, member.role());
        upsert.setString(4, member.addedBy());
        upsert.setString(5, member.addedAt());
        upsert.executeUpdate();
        changed(tx);
    }

    static void remove(WriteTx tx, String gardenId, String entityUri) throws SQLException {
        PreparedStatement delete = tx.statement("DELETE FROM garden_members WHERE garden_id = ? AND entity_uri = ?");
        delete.setString(1, gardenId);
        delete.setString(2, entityUri);
        delete.executeUpdate();
        changed(tx);
    }

    /** As this transaction sees it. */
    static long version(ReadTx tx) throws SQLException {
        try (ResultSet rows = tx.statement("SELECT version FROM garden_version").executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private static void changed(WriteTx tx) throws SQLException {
        tx.statement("UPDATE garden_version SET version = version + 1").executeUpdate();
    }

    private static List<Garden> gardens(PreparedStatement select, RequestMemory memory) throws SQLException {
        List<Garden> gardens = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                Garden garden = new Garden(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getString(5),
                        rows.getString(6),
                        rows.getString(7),
                        rows.getInt(8) != 0);
                memory.take(OVERHEAD
                        + COPIES
                                * (garden.name().length() + garden.description().length()));
                gardens.add(garden);
            }
        }
        return gardens;
    }
}
