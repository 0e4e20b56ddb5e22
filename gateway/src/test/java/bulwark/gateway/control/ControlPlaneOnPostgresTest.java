package bulwark.gateway.control;

import bulwark.testkit.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.Timeout;

/** The contract of the control plane on PostgreSQL, with the rights that its role has there. */
@Timeout(240)
class ControlPlaneOnPostgresTest extends ControlPlaneTest {
    private final PostgresServer server = PostgresServer.shared();
    private final String database = server.createDatabase();

    @Override
    protected Map<String, String> settings() {
        String user = "plane_" + database;
        server.execute("CREATE ROLE " + user + " LOGIN PASSWORD 'of-the-plane'");
        return Map.of(
                "STOA_DATABASE_URL",
                server.url(user + ":of-the-plane", database) + "?schema=stoa",
                "STOA_DATABASE_MIGRATION_URL",
                server.url(database) + "?schema=stoa");
    }

    @Override
    protected void edit(String sql) {
        server.execute(database, "SET search_path = stoa; " + sql);
    }
}
