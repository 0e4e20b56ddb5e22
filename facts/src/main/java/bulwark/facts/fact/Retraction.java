package bulwark.facts.fact;

import bulwark.kernel.storage.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a fact of confidence 0 does to the facts in force of its tenant, entity, relation, scope and garden.
 *
 * @param own facts of its own source with the same value, or with any value when it says "retracted" as the official clients do: it
 *     ends them
 * @param others facts of other sources with the same value, which it ends because an admin says so
 * @param opposed facts of other sources with the same value, which it contradicts and does not end
 */
record Retraction(List<String> own, List<String> others, List<String> opposed) {
    private static final String SIBLINGS = "SELECT f.id, f.source, f.value_type = ? AND f.value_v = ? FROM facts f"
            + " WHERE f.entity = ? AND f.relation = ? AND f.scope = ? AND f.tenant_id = ? AND f.row_id <> ?"
            + " AND f.garden_id IS ? AND " + InForceSql.inForce("f");

    /** @param admin whether the caller may end facts of any source */
    static Retraction of(ReadTx tx, Fact fact, Instant now, boolean admin) throws SQLException {
        PreparedStatement select = tx.statement(SIBLINGS);
        select.setString(1, fact.valueType());
        select.setString(2, fact.valueV());
        select.setString(3, fact.entity());
        select.setString(4, fact.relation());
        select.setString(5, fact.scope());
        select.setString(6, fact.tenant());
        select.setLong(7, fact.rowId());
        select.setString(8, fact.gardenId());
        select.setLong(9, IsoInstants.micros(now));
        boolean anyValue = fact.valueType().equals("string") && fact.valueV().equals("retracted");
        Retraction retraction = new Retraction(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                boolean sameValue = rows.getBoolean(3);
                if (rows.getString(2).equals(fact.source())) {
                    retraction.add(sameValue || anyValue, retraction.own, rows.getString(1));
                } else {
                    retraction.add(sameValue, admin ? retraction.others : retraction.opposed, rows.getString(1));
                }
            }
        }
        return retraction;
    }

    private void add(boolean concerned, List<String> to, String id) {
        if (concerned) {
            to.add(id);
        }
    }

    boolean isEmpty() {
        return own.isEmpty() && others.isEmpty() && opposed.isEmpty();
    }

    boolean endsNothing() {
        return own.isEmpty() && others.isEmpty();
    }

    List<String> ended() {
        return Stream.concat(own.stream(), others.stream()).toList();
    }
}
