package bulwark.gateway.control.state;

import bulwark.gateway.control.state.TenantReader.RowVouching;
import bulwark.kernel.storage.ReadTx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads objects of all tenants in a transaction, for callers with a {@link PlatformScope}. For one thread. */
public final class EveryTenant {
    private static final PageRequest EVERY = new PageRequest(1, Integer.MAX_VALUE);

    private final ReadTx tx;
    private final RowVouching vouching;

    EveryTenant(ReadTx tx, RowVouching vouching) {
        this.tx = tx;
        this.vouching = vouching;
    }

    public ObjectPage page(ObjectKind kind, PageRequest request) throws SQLException {
        return new ObjectPage(
                vouched(ObjectRows.everywhere(tx, kind, request)), ObjectRows.countEverywhere(tx, kind), request);
    }

    /** Every one, by creation. */
    public List<ControlObject> all(ObjectKind kind) throws SQLException {
        Set<List<String>> vouched = vouching.vouched(tx, kind, null);
        return ObjectRows.everywhere(tx, kind, EVERY).stream()
                .filter(object -> vouched.contains(ObjectRows.key(object)))
                .toList();
    }

    private List<ControlObject> vouched(List<ControlObject> found) throws SQLException {
        List<ControlObject> vouched = new ArrayList<>();
        for (ControlObject object : found) {
            if (vouching.vouches(tx, object)) {
                vouched.add(object);
            }
        }
        return vouched;
    }
}
