package bulwark.kernel.postgresql;

import bulwark.kernel.storage.StoreFailed;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL's codes mean here. Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html. */
final class PostgresErrors {
    private static final String CONNECTION = "08";
    private static final String DISK_FULL = "53100";
    private static final String QUERY_CANCELED = "57014";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String IDLE_IN_TRANSACTION = "25P03";
    private static final String READ_ONLY = "25006";
    private static final Set<String> TO_REPEAT = Set.of("40001", "40P01");
    /** The server ends sessions, starts, or takes no more. */
    private static final Set<String> UNAVAILABLE =
            Set.of("57P01", "57P02", "57P03", "57P05", "53300", IDLE_IN_TRANSACTION);

    private static final Set<String> CREDENTIAL = Set.of("28P01", "28000");

    private PostgresErrors() {}

    /** The connection is of no more use. */
    static boolean isConnectionLost(Throwable thrown) {
        String state = state(thrown);
        return state.startsWith(CONNECTION) || UNAVAILABLE.contains(state);
    }

    /** A serialisation failure or a deadlock: the same transaction may succeed when it is run again. */
    static boolean isToRepeat(Throwable thrown) {
        return TO_REPEAT.contains(state(thrown));
    }

    static boolean isLockNotAvailable(Throwable thrown) {
        return state(thrown).equals(LOCK_NOT_AVAILABLE);
    }

    static boolean isCanceled(Throwable thrown) {
        return state(thrown).equals(QUERY_CANCELED);
    }

    /** What the caller of a job learns of an exception in it. */
    static RuntimeException translate(Throwable thrown) {
        if (thrown instanceof RuntimeException e) {
            return e;
        }
        if (!(thrown instanceof SQLException e)) {
            return new IllegalStateException("A job on the store failed: " + thrown, thrown);
        }
        String state = state(e);
        if (isConnectionLost(e)) {
            return new StoreFailed("The connection to the database broke: repeat the request.", e);
        }
        if (CREDENTIAL.contains(state)) {
            return new StoreFailed("The database refuses the credential of this process: mend it, then repeat.", e);
        }
        if (isToRepeat(e) || state.equals(LOCK_NOT_AVAILABLE)) {
            return new StoreFailed("Others keep the rows locked that the request needs: repeat it.", e);
        }
        return switch (state) {
            case DISK_FULL ->
                new StoreFailed("The disk of the database is full: nothing was written; free space, then repeat.", e);
            case QUERY_CANCELED ->
                new StoreFailed("The database took too long for a statement and stopped it: repeat the request.", e);
            case READ_ONLY ->
                new StoreFailed("The database takes no writes now: it is a replica, or was set to read only.", e);
            default ->
                state.startsWith("53") || state.startsWith("58") || state.startsWith("XX")
                        ? new StoreFailed("The database could not carry out the request: " + e.getMessage(), e)
                        : new IllegalStateException("The store refused a statement: " + e.getMessage(), e);
        };
    }

    /** The server's or driver's first line; neither holds a credential. */
    static String sentence(SQLException e) {
        String message = String.valueOf(e.getMessage()).strip();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /** A few words that name neither credential nor rows. */
    static String reason(SQLException e) {
        String state = state(e);
        if (CREDENTIAL.contains(state)) {
            return "it refuses the credential";
        }
        if (state.startsWith(CONNECTION)) {
            return "no connection";
        }
        return state.isEmpty() ? "no answer" : "SQLSTATE " + state;
    }

    /** Empty when it has none. */
    static String state(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException e && e.getSQLState() != null) {
                return e.getSQLState();
            }
        }
        return "";
    }
}
