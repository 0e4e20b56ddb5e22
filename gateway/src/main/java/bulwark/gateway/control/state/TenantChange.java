package bulwark.gateway.control.state;

import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.TenantReader.RowVouching;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditRow;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.UuidV7;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes objects of one tenant in a transaction, which ends with one audit row over all that changed. Reads see what was written here. For one thread. */
public final class TenantChange extends TenantReader {
    /** Id of the one object of the kind {@link ObjectKind#GENERATION}. */
    public static final String GENERATION_ID = "snapshot";

    /** Its field. */
    public static final String GENERATION_FIELD = "generation";

    private final WriteTx tx;
    private final Instant now;
    /** By key; the newest form of each object that was written, also of those that were deleted. */
    private final Map<List<String>, ControlObject> written = new LinkedHashMap<>();

    private final Map<List<String>, ControlObject> deleted = new LinkedHashMap<>();
    private final Map<String, Object> detail = new LinkedHashMap<>();

    TenantChange(WriteTx tx, TenantScope scope, RowVouching vouching, Instant now) {
        super(tx, scope, vouching);
        this.tx = tx;
        this.now = now;
    }

    /** Of the whole change. */
    public Instant now() {
        return now;
    }

    @Override
    public Optional<ControlObject> find(ObjectKind kind, String id) throws SQLException {
        List<String> key = List.of(scope.tenant(), kind.word(), id);
        if (deleted.containsKey(key)) {
            return Optional.empty();
        }
        ControlObject own = written.get(key);
        return own != null ? Optional.of(own) : super.find(kind, id);
    }

    /** With an id of its own. @throws bulwark.web.ApiRefusal when the name is taken or the tenant has as many as it may */
    public ControlObject create(ObjectKind kind, String name, String state, Map<String, Object> fields)
            throws SQLException {
        return create(kind, UuidV7.next(now), name, state, fields, List.of(), kind.maxPerTenant());
    }

    public ControlObject create(
            ObjectKind kind,
            String id,
            String name,
            String state,
            Map<String, Object> fields,
            Collection<Reference> references,
            long max)
            throws SQLException {
        if (findNamed(kind, name).isPresent() || find(kind, id).isPresent()) {
            throw ObjectRefused.known(kind, "name");
        }
        if (count(kind, ObjectFilter.ALL) >= max) {
            throw ObjectRefused.tooMany(kind, max);
        }
        ControlObject object = new ControlObject(scope.tenant(), kind, id, name, state, fields, 1, now, now);
        ObjectRows.insert(tx, object);
        ObjectRows.refer(tx, object, references);
        written.put(ObjectRows.key(object), object);
        return object;
    }

    /** @throws bulwark.web.ApiRefusal when the new name is taken */
    public ControlObject update(ControlObject changed) throws SQLException {
        Optional<ControlObject> sameName = findNamed(changed.kind(), changed.name());
        if (sameName.isPresent() && !sameName.get().id().equals(changed.id())) {
            throw ObjectRefused.known(changed.kind(), "name");
        }
        ControlObject next = changed.at(changed.revision() + 1, now);
        ObjectRows.update(tx, next);
        written.put(ObjectRows.key(next), next);
        return next;
    }

    public void delete(ControlObject object) throws SQLException {
        ObjectRows.delete(tx, object);
        written.remove(ObjectRows.key(object));
        deleted.put(ObjectRows.key(object), object);
    }

    /** By which digests the object's credentials are found from now on. @param lookups SHA-256, hex */
    public void credentials(ControlObject object, Collection<String> lookups) throws SQLException {
        ObjectRows.credentials(tx, object, lookups);
    }

    /** A member of the audit row. */
    public void note(String member, Object value) {
        detail.put(member, value);
    }

    /** Runs after the commit; short and without I/O. */
    public void afterCommit(Runnable action) {
        tx.afterCommit(action);
    }

    boolean hasChanged() {
        return !written.isEmpty() || !deleted.isEmpty();
    }

    boolean concerns(Collection<ObjectKind> kinds) {
        return written.values().stream().anyMatch(object -> kinds.contains(object.kind()))
                || deleted.values().stream().anyMatch(object -> kinds.contains(object.kind()));
    }

    /** Empty when snapshots stay what they are. @param kinds that gateways see */
    Optional<PublishedChange> published(Collection<ObjectKind> kinds) {
        return written.values().stream()
                .filter(object -> object.kind() == ObjectKind.GENERATION)
                .findFirst()
                .map(number -> new PublishedChange(
                        number.number(GENERATION_FIELD, 0), of(kinds, written.values()), of(kinds, deleted.values())));
    }

    private static List<ControlObject> of(Collection<ObjectKind> kinds, Collection<ControlObject> objects) {
        return objects.stream()
                .filter(object -> kinds.contains(object.kind()))
                .map(ObjectRows::asStored)
                .toList();
    }

    /** Counts the snapshots of gateways on. @return the new number */
    long nextGeneration() throws SQLException {
        TenantScope platform = TenantScope.platform();
        Optional<ControlObject> before = ObjectRows.find(tx, platform, ObjectKind.GENERATION, GENERATION_ID);
        long next = before.map(object -> object.number(GENERATION_FIELD, 0)).orElse(0L) + 1;
        return generation(next);
    }

    /** Sets that number. */
    public long generation(long next) throws SQLException {
        TenantScope platform = TenantScope.platform();
        Map<String, Object> fields = Map.of(GENERATION_FIELD, next);
        Optional<ControlObject> before = ObjectRows.find(tx, platform, ObjectKind.GENERATION, GENERATION_ID);
        ControlObject object;
        if (before.isPresent()) {
            object = before.get().withFields(fields).at(before.get().revision() + 1, now);
            ObjectRows.update(tx, object);
        } else {
            object = new ControlObject(
                    platform.tenant(),
                    ObjectKind.GENERATION,
                    GENERATION_ID,
                    GENERATION_ID,
                    "current",
                    fields,
                    1,
                    now,
                    now);
            ObjectRows.insert(tx, object);
        }
        written.put(ObjectRows.key(object), object);
        return next;
    }

    /** Writes the audit row, with the digest of every row that changed. */
    AuditRow audit(GuardedRows evidence, AuditEventType type, ControlActor actor) throws SQLException {
        List<List<String>> keys = new java.util.ArrayList<>(written.keySet());
        keys.addAll(deleted.keySet());
        ControlObject first = written.isEmpty()
                ? deleted.values().iterator().next()
                : written.values().iterator().next();
        Map<String, Object> members = new LinkedHashMap<>(actor.request());
        members.put("kind", first.kind().word());
        members.put("id", first.id());
        members.put("name", first.name());
        members.put("state", deleted.containsValue(first) ? "deleted" : first.state());
        members.put("revision", first.revision());
        members.put("objects", keys.size());
        members.putAll(detail);
        AuditEvent event =
                type.event(actor.entity(), scope.tenant(), first.kind().word() + "/" + first.id(), null, members);
        return evidence.append(tx, event, Map.of(ControlStore.OBJECTS, keys));
    }
}
