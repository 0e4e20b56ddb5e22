package bulwark.kernel.storage;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Prepared statements are cached by their text and belong to the transaction: do not close them, do not keep them. */
public interface ReadTx {
    PreparedStatement statement(String sql) throws SQLException;
}
