package bulwark.gateway.route;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyRows;
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

/** The tables {@code gateway_routes} and {@code gateway_generation}. */
final class RouteRows {
    private static final String ONLY = "routes";

    private RouteRows() {}

    /** @param faults sentences; routes and policies are good only when there is none */
    record Loaded(long generation, List<ApiRoute> routes, List<ApiPolicy> policies, List<String> faults) {}

    /** Judged by the audit log: a row that was edited by hand is a fault, and so is one that is missing. */
    static Loaded load(ReadTx tx, GuardedRows evidence) throws SQLException {
        List<ApiRoute> routes = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        Map<String, String> documents = new LinkedHashMap<>();
        try (ResultSet rows = tx.statement("SELECT id, document FROM gateway_routes ORDER BY rowid")
                .executeQuery()) {
            while (rows.next()) {
                documents.put(rows.getString(1), rows.getString(2));
            }
        }
        for (Map.Entry<String, String> row : documents.entrySet()) {
            if (!evidence.vouchesFor(tx, GatewayStore.ROUTES, row.getKey())) {
                faults.add("The stored route " + row.getKey()
                        + " is not what gateway_audit_log says; it was changed by hand.");
                continue;
            }
            try {
                routes.add(RouteJson.parse(row.getValue().getBytes(StandardCharsets.UTF_8)));
            } catch (RoutesRefused e) {
                e.sentences().forEach(s -> faults.add("The stored route " + row.getKey() + ": " + s + "."));
            }
        }
        long generation = generation(tx, evidence, documents.size(), faults);
        return new Loaded(generation, routes, PolicyRows.load(tx, evidence, faults), faults);
    }

    private static long generation(ReadTx tx, GuardedRows evidence, int count, List<String> faults)
            throws SQLException {
        PreparedStatement select = tx.statement("SELECT generation, routes FROM gateway_generation WHERE name = ?");
        select.setString(1, ONLY);
        long generation;
        int routes;
        try (ResultSet row = select.executeQuery()) {
            boolean known = row.next();
            generation = known ? row.getLong(1) : 0;
            routes = known ? row.getInt(2) : 0;
        }
        if (generation > 0 && !evidence.vouchesFor(tx, GatewayStore.GENERATION, ONLY)) {
            faults.add(
                    "The stored generation of the routes is not what gateway_audit_log says; it was changed by hand.");
        } else if (routes != count) {
            faults.add("The store holds " + count + " routes, and its generation " + generation + " has " + routes
                    + "; run stoa fsck.");
        }
        return generation;
    }

    /** @param deploymentId of each upsert, by id */
    static Map<GuardedTable, List<List<String>>> write(
            WriteTx tx, RouteChange change, Map<String, String> deploymentId, long generation, int routes)
            throws SQLException {
        List<List<String>> keys = new ArrayList<>();
        for (String id : change.removals()) {
            PreparedStatement delete = tx.statement("DELETE FROM gateway_routes WHERE id = ?");
            delete.setString(1, id);
            if (delete.executeUpdate() > 0) {
                keys.add(List.of(id));
            }
        }
        for (ApiRoute route : change.upserts()) {
            PreparedStatement upsert = tx.statement(
                    "INSERT INTO gateway_routes (id, document, deployment_id) VALUES (?, ?, ?)"
                            + " ON CONFLICT (id) DO UPDATE SET document = excluded.document, deployment_id = excluded.deployment_id");
            upsert.setString(1, route.id());
            upsert.setString(2, StrictJson.text(RouteJson.fields(route)));
            upsert.setString(3, String.valueOf(deploymentId.get(route.id())));
            upsert.executeUpdate();
            keys.add(List.of(route.id()));
        }
        PreparedStatement next = tx.statement(
                "INSERT INTO gateway_generation (name, generation, routes) VALUES (?, ?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET generation = excluded.generation, routes = excluded.routes");
        next.setString(1, ONLY);
        next.setLong(2, generation);
        next.setInt(3, routes);
        next.executeUpdate();
        return Map.of(GatewayStore.ROUTES, keys, GatewayStore.GENERATION, List.of(List.of(ONLY)));
    }
}
