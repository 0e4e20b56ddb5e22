package bulwark.facts.graph;

import bulwark.facts.fact.EntityUri;
import bulwark.facts.fact.Fact;
import bulwark.facts.fact.FactListener;
import bulwark.facts.fact.IsoInstants;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Keeps an edge for every fact whose value is a reference. Thread-safe. */
public final class EdgeProjection implements FactListener {
    private static final String INSERT =
            "INSERT INTO edges (fact_row, fact_id, tenant_id, scope, subject, relation, object, confidence, garden_id, expires_at)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    @Override
    public void inserted(WriteTx tx, Fact fact) throws SQLException {
        if (fact.confidence() > 0 && refersToEntity(fact.valueType(), fact.valueV())) {
            insert(tx, fact);
        }
    }

    static boolean refersToEntity(String valueType, String value) {
        return valueType.equals("ref") && (value.contains("://") || value.startsWith("urn:"));
    }

    private static void insert(WriteTx tx, Fact fact) throws SQLException {
        PreparedStatement insert = tx.statement(INSERT);
        insert.setLong(1, fact.rowId());
        insert.setString(2, fact.id());
        insert.setString(3, fact.tenant());
        insert.setString(4, fact.scope());
        insert.setString(5, fact.entity());
        insert.setString(6, fact.relation());
        insert.setString(7, EntityUri.normalise(fact.valueV()));
        insert.setDouble(8, fact.confidence());
        insert.setString(9, fact.gardenId());
        insert.setLong(10, IsoInstants.endMicros(fact.validUntil()));
        insert.executeUpdate();
    }
}
