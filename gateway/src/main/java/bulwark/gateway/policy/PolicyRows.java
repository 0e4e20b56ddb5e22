package bulwark.gateway.policy;

import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table {@code gateway_policies}, and the row of {@code gateway_generation} that says how many there are. */
public final class PolicyRows {
    private static final String ONLY = "policies";

    private PolicyRows() {}

    /** Judged by the audit log: a row that was edited by hand is a fault, and so is one that is missing. @param faults is added to */
    public static List<ApiPolicy> load(ReadTx tx, GuardedRows evidence, List<String> faults) throws SQLException {
        Map<String, String> documents = new LinkedHashMap<>();
        try (ResultSet rows = tx.statement("SELECT id, document FROM gateway_policies ORDER BY rowid")
                .executeQuery()) {
            while (rows.next()) {
                documents.put(rows.getString(1), rows.getString(2));
            }
        }
        List<ApiPolicy> policies = new ArrayList<>();
        for (Map.Entry<String, String> row : documents.entrySet()) {
            if (!evidence.vouchesFor(tx, GatewayStore.POLICIES, row.getKey())) {
                faults.add("The stored policy " + row.getKey()
                        + " is not what gateway_audit_log says; it was changed by hand.");
                continue;
            }
            List<String> wrong = new ArrayList<>();
            ApiPolicy policy = PolicyJson.parse(row.getValue().getBytes(StandardCharsets.UTF_8), wrong);
            if (policy != null) {
                policies.add(policy);
            }
            wrong.forEach(fault -> faults.add("The stored policy " + row.getKey() + ": " + fault + "."));
        }
        checkCount(tx, evidence, documents.size(), faults);
        return policies;
    }

    private static void checkCount(ReadTx tx, GuardedRows evidence, int count, List<String> faults)
            throws SQLException {
        PreparedStatement select = tx.statement("SELECT routes FROM gateway_generation WHERE name = ?");
        select.setString(1, ONLY);
        int expected = 0;
        boolean known;
        try (ResultSet row = select.executeQuery()) {
            known = row.next();
            expected = known ? row.getInt(1) : 0;
        }
        if (known && !evidence.vouchesFor(tx, GatewayStore.GENERATION, ONLY)) {
            faults.add("The stored number of policies is not what gateway_audit_log says; it was changed by hand.");
        } else if (expected != count) {
            faults.add("The store holds " + count + " policies, and its newest change left " + expected
                    + "; run stoa fsck.");
        }
    }

    /** @param policies how many stand after the change @return the rows that changed, for the audit log; none when the change is empty */
    public static Map<GuardedTable, List<List<String>>> write(
            WriteTx tx, PolicyChange change, long generation, int policies) throws SQLException {
        if (change.isEmpty()) {
            return Map.of();
        }
        List<List<String>> keys = new ArrayList<>();
        for (String id : change.removals()) {
            PreparedStatement delete = tx.statement("DELETE FROM gateway_policies WHERE id = ?");
            delete.setString(1, id);
            if (delete.executeUpdate() > 0) {
                keys.add(List.of(id));
            }
        }
        for (ApiPolicy policy : change.upserts()) {
            PreparedStatement upsert = tx.statement("INSERT INTO gateway_policies (id, document) VALUES (?, ?)"
                    + " ON CONFLICT (id) DO UPDATE SET document = excluded.document");
            upsert.setString(1, policy.id());
            upsert.setString(2, StrictJson.text(PolicyJson.fields(policy)));
            upsert.executeUpdate();
            keys.add(List.of(policy.id()));
        }
        PreparedStatement next = tx.statement(
                "INSERT INTO gateway_generation (name, generation, routes) VALUES (?, ?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET generation = excluded.generation, routes = excluded.routes");
        next.setString(1, ONLY);
        next.setLong(2, generation);
        next.setInt(3, policies);
        next.executeUpdate();
        return Map.of(GatewayStore.POLICIES, keys, GatewayStore.GENERATION, List.of(List.of(ONLY)));
    }
}
