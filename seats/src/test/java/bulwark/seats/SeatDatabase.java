package bulwark.seats;

import bulwark.testkit.PostgresServer;
import java.util.Map;

/** A database of a test's own, with one role that owns the schema and one that reads and writes rows. */
final class SeatDatabase {
    private final PostgresServer server;
    private final String name;
    private final String user;

    SeatDatabase(PostgresServer server) {
        this.server = server;
        name = server.createDatabase();
        user = "seats_" + name;
        server.execute("CREATE ROLE " + user + " LOGIN PASSWORD 'p%ss:w/rd'");
    }

    Map<String, String> settings() {
        return Map.of("DATABASE_URL", url(), "SEAT_MANAGER_DATABASE_MIGRATION_URL", ownerUrl());
    }

    /** In the form of an object-relational mapper, percent-encoded. */
    String url() {
        return server.url(user + ":p%25ss%3Aw%2Frd", name) + "?schema=seats";
    }

    String ownerUrl() {
        return server.url(name) + "?schema=seats";
    }

    /** As the superuser. */
    void edit(String sql) {
        server.execute(name, "SET search_path = seats; " + sql);
    }

    /** As the role of the service. */
    void editAsUser(String sql) {
        server.execute(name, "SET search_path = seats; SET ROLE " + user + "; " + sql);
    }

    void dropSchema() {
        server.execute(name, "DROP SCHEMA IF EXISTS seats CASCADE");
    }
}
