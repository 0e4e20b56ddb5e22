package bulwark.gateway.control.state;

import bulwark.gateway.control.state.TenantReader.RowVouching;
import bulwark.kernel.storage.ReadTx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads objects of all tenants in a transaction, for callers with a {@link PlatformScope}. For one thread. */
public final class EveryTenant {
    private static final int WALK = 1_000;

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
        List<ControlObject> all = new ArrayList<>();
        for (int page = 1; ; page++) {
            List<ControlObject> some = ObjectRows.everywhere(tx, kind, new PageRequest(page, WALK));
            all.addAll(vouched(some));
            if (some.size() < WALK) {
                return all;
            }
        }
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
