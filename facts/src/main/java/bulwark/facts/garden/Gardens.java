package bulwark.facts.garden;

import bulwark.kernel.access.Principal;
import bulwark.kernel.storage.ReadTx;
import java.sql.SQLException;
import java.util.Set;

/** Named partitions inside a scope, with members and roles. Thread-safe. */
public final class Gardens {
    public Gardens() {}

    /** UUIDs of the gardens whose facts this principal may read; facts without a garden are readable by all readers. Cached, dropped on change. */
    public Set<String> readable(ReadTx tx, Principal principal) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }
}
