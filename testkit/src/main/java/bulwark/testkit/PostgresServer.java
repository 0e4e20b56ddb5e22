package bulwark.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A real PostgreSQL on loopback, brought by the build. {@link #shared} is one for all tests of a JVM, in which each takes a database of its
 * own; {@link #own} may be stopped and killed. Where it cannot start: one clear skip line; with {@code CI=true}: a failure.
 */
public final class PostgresServer implements AutoCloseable {
    public static final String OWNER = "postgres";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static @Nullable PostgresServer shared;

    private final Path data;
    private final int port;
    private final Map<String, String> settings;
    private EmbeddedPostgres server;

    private PostgresServer(Path data, int port, Map<String, String> settings) throws IOException {
        this.data = data;
        this.port = port;
        this.settings = settings;
        server = launch();
    }

    /** Started once for all tests of this JVM, and never stopped before its end. */
    public static synchronized PostgresServer shared() {
        PostgresServer running = shared;
        if (running == null) {
            running = start(Map.of());
            shared = running;
            Runtime.getRuntime().addShutdownHook(new Thread(running::close, "postgres-end"));
        }
        return running;
    }

    /** One of the test's own, whose commits are synced. */
    public static PostgresServer own() {
        return own(Map.of());
    }

    /** As {@link #own}, with more settings of {@code postgresql.conf}. */
    public static PostgresServer own(Map<String, String> more) {
        Map<String, String> settings = new LinkedHashMap<>(more);
        List.of("fsync", "synchronous_commit", "full_page_writes").forEach(name -> settings.put(name, "on"));
        return start(settings);
    }

    private static PostgresServer start(Map<String, String> settings) {
        try {
            return new PostgresServer(Files.createTempDirectory("postgres"), FreePort.next(), settings);
        } catch (IOException | IllegalStateException e) {
            String sentence = "PostgreSQL does not start here (" + e.getMessage()
                    + "): this test needs it and proves nothing without";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(sentence, e);
            }
            return Assumptions.abort("SKIPPED: " + sentence);
        }
    }

    private EmbeddedPostgres launch() throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(data.toFile())
                .setCleanDataDirectory(false)
                .setPGStartupWait(START_TIMEOUT)
                .setServerConfig("max_connections", "200")
                .setServerConfig("listen_addresses", "127.0.0.1");
        new LinkedHashMap<>(settings).forEach(builder::setServerConfig);
        return builder.start();
    }

    public int port() {
        return port;
    }

    /** A new database. @return its name */
    public String createDatabase() {
        String name = "test_" + NUMBERS.incrementAndGet();
        execute("CREATE DATABASE " + name);
        return name;
    }

    /** {@code postgresql://postgres@127.0.0.1:PORT/NAME} of a new database. */
    public String newUrl() {
        return url(createDatabase());
    }

    public String url(String database) {
        return url(OWNER + ":any", database);
    }

    /** @param credential user and password, percent-encoded */
    public String url(String credential, String database) {
        return "postgresql://" + credential + "@127.0.0.1:" + port + "/" + database;
    }

    /** As the superuser, in the database {@code postgres}. */
    public void execute(String sql) {
        execute("postgres", sql);
    }

    /** As the superuser. */
    public void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** As the superuser; the first column of the first row. */
    public @Nullable String query(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, OWNER, "any");
    }

    /** Ends every session of a database, as a fail-over does. */
    public void endSessions(String database) {
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database
                + "' AND pid <> pg_backend_pid()");
    }

    /** At once, with all its processes. */
    public void kill() {
        signalAll("KILL");
    }

    /** Again on the same files and port. */
    public void startAgain() {
        try {
            // Lets go of the lock that it holds on the folder; the server itself is gone.
            server.close();
            Files.deleteIfExists(data.resolve("postmaster.pid"));
            server = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answers nothing until {@link #resume()}, while its connections stay open. */
    public void freeze() {
        signalAll("STOP");
    }

    public void resume() {
        signalAll("CONT");
    }

    private void signalAll(String name) {
        postmaster().ifPresent(postmaster -> {
            signal(name, postmaster.pid());
            postmaster.descendants().forEach(child -> signal(name, child.pid()));
        });
    }

    private Optional<ProcessHandle> postmaster() {
        try {
            String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst();
            return ProcessHandle.of(Long.parseLong(pid.strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void signal(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete();
        }
    }

    private void delete() {
        try {
            Shell.bash(Path.of("/"), Map.of(), Duration.ofMinutes(1), "rm -rf '" + data + "'");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
