package bulwark.facts.garden;

import static bulwark.facts.AccessTables.GARDENS;
import static bulwark.facts.AccessTables.GARDEN_MEMBERS;
import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;
import static bulwark.web.ApiRefusal.Kind.NOT_FOUND;

import bulwark.facts.CallerKeyCheck;
import bulwark.facts.FactsAuditEvents;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import bulwark.web.RequestMemory;
import java.net.URI;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Creates and deletes gardens and keeps their members; each change is an {@code admin_action} in its transaction. Thread-safe. */
public final class GardenService {
    private static final String LAST_ADMIN = "cannot remove or demote the last admin; promote another member first";

    private final Store store;
    private final AuditLog audit;
    private final ApiKeys keys;
    private final Clock clock;
    private final String authority;

    /** @param nodeUrl its authority becomes part of garden URIs */
    public GardenService(Store store, AuditLog audit, ApiKeys keys, Clock clock, URI nodeUrl) {
        this.store = store;
        this.audit = audit;
        this.keys = keys;
        this.clock = clock;
        this.authority = nodeUrl.getRawAuthority() == null ? "localhost" : nodeUrl.getRawAuthority();
    }

    record NewGarden(String slug, String name, String scope, String description, boolean quarantine) {}

    Map<String, @Nullable Object> create(Principal caller, NewGarden wanted) {
        String now = Timestamps.offset(clock.instant());
        Garden garden = new Garden(
                UUID.randomUUID().toString(),
                wanted.slug,
                wanted.name,
                wanted.scope,
                wanted.description,
                caller.entityUri(),
                now,
                wanted.quarantine);
        Garden.Member creator = new Garden.Member(caller.entityUri(), "admin", caller.entityUri(), now);
        return store.write(tx -> {
            CallerKeyCheck.require(keys, caller);
            if (GardenTable.find(tx, caller.tenant(), wanted.slug).isPresent()) {
                throw new ApiRefusal(CONFLICT, "slug_exists", "slug already exists");
            }
            GardenTable.insert(tx, caller.tenant(), garden);
            GardenTable.put(tx, garden.id(), creator);
            record(
                    tx,
                    caller,
                    FactsAuditEvents.GARDEN_CREATE,
                    garden,
                    Map.of("scope", garden.scope()),
                    Map.of(GARDENS, List.of(List.of(garden.id())), GARDEN_MEMBERS, member(garden, caller.entityUri())));
            return garden.wire(authority, List.of(creator));
        });
    }

    /** Those who may write see every garden's name, others their own; members are not listed. */
    List<Object> list(Principal caller, RequestMemory memory) {
        return store.read(tx -> {
            boolean all = caller.permissions().contains("write");
            var own = GardenTable.idsOfMember(tx, caller.tenant(), caller.entityUri());
            List<Object> wire = new ArrayList<>();
            for (Garden garden : GardenTable.all(tx, caller.tenant(), memory)) {
                if (caller.reaches(garden.scope())
                        && (all
                                || own.contains(garden.id())
                                        && GardenTable.isVouchedFor(
                                                tx, audit.guardedRows(), garden.id(), caller.entityUri()))) {
                    wire.add(garden.wire(authority, List.of()));
                }
            }
            return wire;
        });
    }

    Map<String, @Nullable Object> get(Principal caller, String slugOrId, RequestMemory memory) {
        return store.read(tx -> {
            Garden garden = visible(tx, caller, slugOrId);
            return garden.wire(authority, vouched(tx, garden, memory));
        });
    }

    List<Object> members(Principal caller, String slugOrId, RequestMemory memory) {
        return store.read(tx -> {
            List<Object> wire = new ArrayList<>();
            for (Garden.Member member : vouched(tx, visible(tx, caller, slugOrId), memory)) {
                wire.add(member.wire());
            }
            return wire;
        });
    }

    /** Whoever somebody put into the file is no member, and is not shown as one. */
    private List<Garden.Member> vouched(ReadTx tx, Garden garden, RequestMemory memory) throws SQLException {
        List<Garden.Member> vouched = new ArrayList<>();
        for (Garden.Member member : GardenTable.members(tx, garden.id(), memory)) {
            if (GardenTable.isVouchedFor(tx, audit.guardedRows(), garden.id(), member.entityUri())) {
                vouched.add(member);
            }
        }
        return vouched;
    }

    void delete(Principal caller, String slugOrId) {
        store.write(tx -> {
            Garden garden = administered(tx, caller, slugOrId);
            GardenTable.delete(tx, garden.id(), Timestamps.offset(clock.instant()));
            record(
                    tx,
                    caller,
                    FactsAuditEvents.GARDEN_DELETE,
                    garden,
                    Map.of(),
                    Map.of(GARDENS, List.of(List.of(garden.id()))));
            return garden;
        });
    }

    Map<String, @Nullable Object> add(Principal caller, String slugOrId, String entityUri, String role) {
        return store.write(tx -> {
            Garden garden = administered(tx, caller, slugOrId);
            if (GardenTable.role(tx, garden.id(), entityUri).isPresent()) {
                throw new ApiRefusal(CONFLICT, "already_a_member", "already a member of this garden");
            }
            return put(tx, caller, garden, entityUri, role, FactsAuditEvents.GARDEN_MEMBER_ADD);
        });
    }

    Map<String, @Nullable Object> change(Principal caller, String slugOrId, String entityUri, String role) {
        return store.write(tx -> {
            Garden garden = administered(tx, caller, slugOrId);
            String old = role(tx, garden, entityUri);
            mayLeave(tx, garden, old, role);
            return put(tx, caller, garden, entityUri, role, FactsAuditEvents.GARDEN_MEMBER_UPDATE);
        });
    }

    void remove(Principal caller, String slugOrId, String entityUri) {
        store.write(tx -> {
            Garden garden = administered(tx, caller, slugOrId);
            mayLeave(tx, garden, role(tx, garden, entityUri), "");
            GardenTable.remove(tx, garden.id(), entityUri);
            record(
                    tx,
                    caller,
                    FactsAuditEvents.GARDEN_MEMBER_REMOVE,
                    garden,
                    Map.of("entity_uri", entityUri),
                    Map.of(GARDEN_MEMBERS, member(garden, entityUri)));
            return garden;
        });
    }

    private Map<String, @Nullable Object> put(
            WriteTx tx, Principal caller, Garden garden, String entityUri, String role, AuditEventType type)
            throws SQLException {
        String now = Timestamps.offset(clock.instant());
        Garden.Member member = new Garden.Member(entityUri, role, caller.entityUri(), now);
        GardenTable.put(tx, garden.id(), member);
        record(
                tx,
                caller,
                type,
                garden,
                Map.of("entity_uri", entityUri, "role", role),
                Map.of(GARDEN_MEMBERS, member(garden, entityUri)));
        return member.wire();
    }

    /** A garden without an admin could never be changed again; a quarantine without a moderator never emptied. */
    private static void mayLeave(ReadTx tx, Garden garden, String old, String next) throws SQLException {
        if (old.equals(next) || count(tx, garden, old) > 1) {
            return;
        }
        if (old.equals("admin")) {
            throw new ApiRefusal(FORBIDDEN, "last_admin", LAST_ADMIN);
        }
        if (garden.quarantine() && old.equals("quarantine:moderator")) {
            throw new ApiRefusal(
                    CONFLICT, "last_moderator", "a quarantine garden must keep at least one quarantine:moderator");
        }
    }

    private static int count(ReadTx tx, Garden garden, String role) throws SQLException {
        PreparedStatement select = tx.statement("SELECT count(*) FROM garden_members WHERE garden_id = ? AND role = ?");
        select.setString(1, garden.id());
        select.setString(2, role);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    private static String role(ReadTx tx, Garden garden, String entityUri) throws SQLException {
        return GardenTable.role(tx, garden.id(), entityUri)
                .orElseThrow(() -> new ApiRefusal(NOT_FOUND, "member_not_found", "member not found"));
    }

    private Garden visible(ReadTx tx, Principal caller, String slugOrId) throws SQLException {
        Garden garden = find(tx, caller, slugOrId);
        boolean member = GardenTable.vouchedRole(tx, audit.guardedRows(), garden.id(), caller.entityUri())
                .isPresent();
        if (!caller.reaches(garden.scope()) || (!member && !caller.permissions().contains("admin"))) {
            throw new ApiRefusal(NOT_FOUND, "garden_not_found", "garden not found");
        }
        return garden;
    }

    private Garden administered(WriteTx tx, Principal caller, String slugOrId) throws SQLException {
        CallerKeyCheck.require(keys, caller);
        Garden garden = visible(tx, caller, slugOrId);
        Optional<String> role = GardenTable.vouchedRole(tx, audit.guardedRows(), garden.id(), caller.entityUri());
        if (!role.orElse("").equals("admin")) {
            throw new ApiRefusal(FORBIDDEN, "garden_admin_required", "garden admin role required");
        }
        return garden;
    }

    private static Garden find(ReadTx tx, Principal caller, String slugOrId) throws SQLException {
        return GardenTable.find(tx, caller.tenant(), slugOrId)
                .orElseThrow(() -> new ApiRefusal(NOT_FOUND, "garden_not_found", "garden not found"));
    }

    private static List<List<String>> member(Garden garden, String entityUri) {
        return List.of(List.of(garden.id(), entityUri));
    }

    private void record(
            WriteTx tx,
            Principal caller,
            AuditEventType type,
            Garden garden,
            Map<String, String> more,
            Map<GuardedTable, List<List<String>>> changed)
            throws SQLException {
        Map<String, @Nullable Object> detail = new LinkedHashMap<>(more);
        detail.put("action", type.action());
        detail.put("garden", garden.slug());
        AuditEvent event = type.event(caller.entityUri(), caller.tenant(), garden.id(), null, detail);
        audit.guardedRows().append(tx, event, changed);
    }
}
