package bulwark.facts.fact;

import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;

/** Follows new facts inside their transaction: chain, graph edges. */
@FunctionalInterface
public interface FactListener {
    void inserted(WriteTx tx, Fact fact) throws SQLException;
}
