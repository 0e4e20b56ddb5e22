package bulwark.kernel.storage;

import java.sql.SQLException;

/** Work for the writer thread. See the contract at {@link Store}. */
@FunctionalInterface
public interface WriteJob<T> {
    T run(WriteTx tx) throws SQLException;
}
