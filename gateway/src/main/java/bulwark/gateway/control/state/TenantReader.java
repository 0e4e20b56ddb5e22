package bulwark.gateway.control.state;

import bulwark.kernel.storage.ReadTx;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads objects of one tenant in a transaction. A row that the audit log does not vouch for is no object: it was put in or changed by hand. For one thread. */
public class TenantReader {
    /** Of so many rows each is judged by itself; more are judged in one query over the tenant's whole kind. */
    private static final int MAX_JUDGED_ALONE = 1_000;

    /** More than any list that is walked whole may have. */
    private static final int MAX_WALKED = 50_000;

    final TenantScope scope;
    private final ReadTx tx;
    private final RowVouching vouching;

    TenantReader(ReadTx tx, TenantScope scope, RowVouching vouching) {
        this.tx = tx;
        this.scope = scope;
        this.vouching = vouching;
    }

    /** Whether the log vouches for a row. */
    interface RowVouching {
        boolean vouches(ReadTx tx, ControlObject object) throws SQLException;

        /** Keys of those that it vouches for. @param tenant null for those of all tenants */
        Set<List<String>> vouched(ReadTx tx, ObjectKind kind, @Nullable String tenant) throws SQLException;
    }

    public TenantScope scope() {
        return scope;
    }

    public Optional<ControlObject> find(ObjectKind kind, String id) throws SQLException {
        return vouched(ObjectRows.find(tx, scope, kind, id));
    }

    /** @throws bulwark.web.ApiRefusal when there is none in this tenant */
    public ControlObject require(ObjectKind kind, String id) throws SQLException {
        return find(kind, id).orElseThrow(() -> ObjectRefused.absent(kind));
    }

    public Optional<ControlObject> findNamed(ObjectKind kind, String name) throws SQLException {
        return vouched(ObjectRows.findNamed(tx, scope, kind, name));
    }

    public long count(ObjectKind kind, ObjectFilter filter) throws SQLException {
        return ObjectRows.count(tx, scope, kind, filter);
    }

    public ObjectPage page(ObjectKind kind, ObjectFilter filter, PageRequest request) throws SQLException {
        return new ObjectPage(
                onlyVouched(ObjectRows.list(tx, scope, kind, filter, request)), count(kind, filter), request);
    }

    /** Every one, by creation. */
    public List<ControlObject> all(ObjectKind kind, ObjectFilter filter) throws SQLException {
        return onlyVouched(ObjectRows.list(tx, scope, kind, filter, new PageRequest(1, MAX_WALKED)));
    }

    private Optional<ControlObject> vouched(Optional<ControlObject> found) throws SQLException {
        return found.isPresent() && vouching.vouches(tx, found.get()) ? found : Optional.empty();
    }

    List<ControlObject> onlyVouched(List<ControlObject> found) throws SQLException {
        if (found.size() > MAX_JUDGED_ALONE) {
            Set<List<String>> keys = vouching.vouched(tx, found.getFirst().kind(), scope.tenant());
            return found.stream()
                    .filter(object -> keys.contains(ObjectRows.key(object)))
                    .toList();
        }
        List<ControlObject> vouched = new java.util.ArrayList<>();
        for (ControlObject object : found) {
            if (vouching.vouches(tx, object)) {
                vouched.add(object);
            }
        }
        return vouched;
    }
}
