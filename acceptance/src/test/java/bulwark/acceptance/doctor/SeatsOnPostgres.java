package bulwark.acceptance.doctor;

import bulwark.kernel.json.StrictJson;
import bulwark.testkit.FreePort;
import bulwark.testkit.PostgresServer;
import bulwark.testkit.ProgramProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A seat manager with its store in a PostgreSQL, as a role that owns nothing there, in a state folder that the doctor looks at. Used by one thread. */
final class SeatsOnPostgres implements AutoCloseable {
    static final String ID = "SEATS-DATABASE-01";
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

    private final DoctoredDeployment program;
    private final Path state;
    private final String database;
    private final ProgramProcess api;

    SeatsOnPostgres(DoctoredDeployment program) throws Exception {
        this.program = program;
        state = program.folder().resolve("postgres-state");
        database = PostgresServer.shared().createDatabase();
        PostgresServer.shared().execute("CREATE ROLE " + role() + " LOGIN PASSWORD 'of-a-test'");
        api = start();
    }

    String role() {
        return "seats_" + database;
    }

    private ProgramProcess start() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(state.resolve("seats"));
        program.shell("chmod -R go= " + state);
        Map<String, String> settings = new HashMap<>();
        settings.put("DATABASE_URL", PostgresServer.shared().url(role() + ":of-a-test", database) + "?schema=seats");
        settings.put(
                "SEAT_MANAGER_DATABASE_MIGRATION_URL", PostgresServer.shared().url(database) + "?schema=seats");
        settings.put("SESSION_HMAC_SECRET", program.shell("openssl rand -hex 32"));
        settings.put("STEP_UP_HMAC_SECRET", program.shell("openssl rand -hex 32"));
        settings.put("SEAT_MANAGER_PORT", Integer.toString(FreePort.next()));
        Path log = program.folder().resolve("seats-on-postgres.log");
        try (ProgramProcess migration =
                ProgramProcess.start(folder, settings, log, program.program("seat-manager", "migrate", "deploy"))) {
            if (migration.awaitEnd() != 0) {
                throw new IOException("the schema was not made: " + migration.logText());
            }
        }
        settings.remove("SEAT_MANAGER_DATABASE_MIGRATION_URL");
        Files.deleteIfExists(log);
        ProgramProcess started = ProgramProcess.start(folder, settings, log, program.program("seat-manager", "api"));
        started.awaitReady(START_TIMEOUT, () -> Files.exists(folder.resolve("seats.pid")));
        return started;
    }

    /** As the superuser. */
    void edit(String sql) {
        PostgresServer.shared().execute(database, "SET search_path = seats; " + sql);
    }

    /** Status words by id, of the probe of the database alone. */
    Map<String, String> visit() {
        String report = program.run(
                        "--json",
                        "--memory",
                        program.folder().resolve("postgres-memory").toString(),
                        "--state",
                        state.toString(),
                        "--only",
                        "SEATS-DATABASE")
                .out();
        return DoctoredDeployment.words(StrictJson.parse(report.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        api.close();
    }
}
