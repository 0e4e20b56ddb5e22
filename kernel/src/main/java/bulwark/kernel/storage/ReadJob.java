package bulwark.kernel.storage;

import java.sql.SQLException;

/** Work for a reader thread; one consistent snapshot. */
@FunctionalInterface
public interface ReadJob<T> {
    T run(ReadTx tx) throws SQLException;
}
