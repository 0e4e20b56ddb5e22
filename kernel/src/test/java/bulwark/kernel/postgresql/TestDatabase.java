package bulwark.kernel.postgresql;

import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.testkit.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Databases of the shared server, for tests that know stores by a path. */
public final class TestDatabase {
    /** For machines that are slow, and tests that are not about time. */
    static final PostgresTimeouts PATIENT = new PostgresTimeouts(
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(40),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30));

    private static final Map<Path, String> NAMES = new ConcurrentHashMap<>();

    private TestDatabase() {}

    /** The same database for the same path. */
    public static String url(Path key) {
        PostgresServer server = PostgresServer.shared();
        return server.url(NAMES.computeIfAbsent(key, ignored -> server.createDatabase()));
    }

    public static PostgresStore open(Path key, Migrations migrations) {
        PostgresUrl url = PostgresUrl.parse(url(key), "URL");
        return PostgresStore.open(
                new PostgresStore.Access(() -> url, null), migrations, SchemaPolicy.CREATE_OR_UPGRADE, PATIENT);
    }
}
