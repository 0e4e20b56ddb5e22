package bulwark.facts.snapshot;

import bulwark.facts.identity.NodeIdentity;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads how far a copy of the store goes. The copy is at rest: nobody else has it open. For one thread. */
final class ChainHeads implements AutoCloseable {
    private final Connection connection;

    private ChainHeads(Connection connection) {
        this.connection = connection;
    }

    static ChainHeads open(Path database) throws SQLException {
        return new ChainHeads(DriverManager.getConnection("jdbc:sqlite:" + database.toUri() + "?mode=ro&immutable=1"));
    }

    /** Position and hash of the last link of the fact chain. */
    Map<String, @Nullable Object> chain() throws SQLException {
        return head(
                "SELECT chain_seq, chain_hash FROM fact_chain WHERE tenant_id = '" + NodeIdentity.TENANT
                        + "' ORDER BY chain_seq DESC LIMIT 1",
                "chain_seq",
                "chain_hash");
    }

    Map<String, @Nullable Object> audit(String table) throws SQLException {
        return head("SELECT seq, row_hash FROM " + table + " ORDER BY seq DESC LIMIT 1", "seq", "row_hash");
    }

    Optional<String> chainHash(long seq) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT chain_hash FROM fact_chain WHERE tenant_id = ? AND chain_seq = ?")) {
            select.setString(1, NodeIdentity.TENANT);
            select.setLong(2, seq);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        }
    }

    long chainLength() throws SQLException {
        return chain().get("chain_seq") instanceof Long length ? length : 0;
    }

    /** Names of the applied schema steps, in order. */
    List<String> migrations() throws SQLException {
        List<String> scripts = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT script FROM flyway_schema_history WHERE success ORDER BY installed_rank");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                scripts.add(rows.getString(1));
            }
        }
        return scripts;
    }

    private Map<String, @Nullable Object> head(String sql, String position, String hash) throws SQLException {
        Map<String, @Nullable Object> head = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            boolean found = rows.next();
            head.put(position, found ? (Object) rows.getLong(1) : (Object) 0L);
            head.put(hash, found ? rows.getString(2) : null);
        }
        return head;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
