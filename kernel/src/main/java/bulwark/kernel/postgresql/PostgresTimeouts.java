package bulwark.kernel.postgresql;

import java.time.Duration;

/**
 * How long a store waits for its database.
 *
 * @param connect for a connection, and for one that a read may use
 * @param statement for one statement, at the server
 * @param silence for any answer from the server, before the connection counts as dead
 * @param answer for a write, from the moment it was asked for
 * @param idle how long the server lets a transaction hold its locks while its client says nothing
 */
public record PostgresTimeouts(Duration connect, Duration statement, Duration silence, Duration answer, Duration idle) {
    public static final PostgresTimeouts DEFAULT = new PostgresTimeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(8),
            Duration.ofSeconds(10),
            Duration.ofSeconds(12),
            Duration.ofSeconds(8));
}
