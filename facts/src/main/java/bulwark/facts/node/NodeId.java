package bulwark.facts.node;

import bulwark.kernel.storage.Store;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.UUID;

/** The name {@code stigmem:node:<uuid>} that a node gives itself at its first start and keeps. */
final class NodeId {
    private NodeId() {}

    /** @param configured STIGMEM_NODE_ID, or empty for the kept one */
    static String of(Store store, String configured) {
        if (!configured.isEmpty()) {
            return configured;
        }
        return store.write(tx -> {
            PreparedStatement find = tx.statement("SELECT value FROM node_meta WHERE name = 'node_id'");
            try (ResultSet row = find.executeQuery()) {
                if (row.next()) {
                    return row.getString(1);
                }
            }
            String fresh = "stigmem:node:" + UUID.randomUUID();
            PreparedStatement insert = tx.statement("INSERT INTO node_meta (name, value) VALUES ('node_id', ?)");
            insert.setString(1, fresh);
            insert.executeUpdate();
            return fresh;
        });
    }
}
