package bulwark.kernel.storage;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteException;

/** How this program opens SQLite, and what its result codes mean here. Codes: https://sqlite.org/rescode.html. */
final class Sqlite {
    /** The letters BWRK in the header mark a file as ours. */
    static final int APPLICATION_ID = 0x4257524B;

    private static final int ERROR = 1;
    private static final int BUSY = 5;
    private static final int NOMEM = 7;
    private static final int INTERRUPT = 9;
    private static final int IOERR = 10;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CANTOPEN = 14;
    private static final int CONSTRAINT = 19;
    private static final int NOTADB = 26;

    private Sqlite() {}

    /** A database of nobody's, in memory. */
    static Connection memory() throws SQLException {
        return config().createConnection("jdbc:sqlite::memory:");
    }

    /** The parameters are those of SQLite's URI file names, for instance {@code mode=rw}. */
    static Connection open(Path file, String parameters, String... pragmas) throws SQLException {
        Connection connection = config().createConnection(url(file, parameters));
        try (Statement statement = connection.createStatement()) {
            for (String pragma : pragmas) {
                statement.execute("PRAGMA " + pragma);
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    static SQLiteDataSource dataSource(Path file) {
        SQLiteDataSource source = new SQLiteDataSource(config());
        source.setUrl(url(file, "mode=rw"));
        return source;
    }

    /** What the driver says of its native library; empty when the failure has another reason. */
    static Optional<String> missingLibrary(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NativeLibraryNotFoundException || cause instanceof UnsatisfiedLinkError) {
                return Optional.of(String.valueOf(cause.getMessage()));
            }
        }
        return Optional.empty();
    }

    private static SQLiteConfig config() {
        Properties properties = new Properties();
        // The driver would otherwise run a query after each insert to have the row id at hand.
        properties.setProperty(SQLiteConfig.Pragma.JDBC_GET_GENERATED_KEYS.pragmaName, "false");
        SQLiteConfig config = new SQLiteConfig(properties);
        config.setBusyTimeout(5_000);
        config.enforceForeignKeys(true);
        return config;
    }

    private static String url(Path file, String parameters) {
        return "jdbc:sqlite:file:" + file.toUri().getRawPath() + "?" + parameters;
    }

    /** A failed sync, or any other error of the disk: what is on it is no longer known. */
    static boolean isDiskError(@Nullable Throwable thrown) {
        return primaryCode(thrown) == IOERR;
    }

    static boolean isConstraint(Throwable thrown) {
        return primaryCode(thrown) == CONSTRAINT;
    }

    static boolean isBusy(Throwable thrown) {
        return primaryCode(thrown) == BUSY;
    }

    static boolean isNoTransaction(Throwable thrown) {
        return primaryCode(thrown) == ERROR;
    }

    /** After these SQLite may have rolled the whole transaction back by itself. */
    static boolean mayHaveRolledBack(Throwable thrown) {
        return switch (primaryCode(thrown)) {
            case FULL, IOERR, NOMEM, BUSY, INTERRUPT -> true;
            default -> false;
        };
    }

    /** What the caller of a job learns of an exception in it. */
    static RuntimeException translate(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException e -> e;
            case SQLException e ->
                switch (primaryCode(e)) {
                    case FULL ->
                        new StoreFailed(
                                "The disk of the store is full: nothing was written; free space, then repeat.", e);
                    case BUSY ->
                        new StoreFailed(
                                "Another program keeps the store locked: close it, then repeat the request.", e);
                    case IOERR, NOMEM, INTERRUPT, CORRUPT, CANTOPEN, NOTADB ->
                        new StoreFailed("The store could not carry out the request: " + e.getMessage(), e);
                    default -> new IllegalStateException("The store refused a statement: " + e.getMessage(), e);
                };
            default -> new IllegalStateException("A job on the store failed: " + thrown, thrown);
        };
    }

    private static int primaryCode(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException e) {
                return e.getResultCode().code & 0xff;
            }
        }
        return -1;
    }
}
