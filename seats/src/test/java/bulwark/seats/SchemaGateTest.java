package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.seats.store.SchemaGate;
import bulwark.seats.store.SeatStore;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each start is the composition of the program; that no port was opened is seen by opening it. */
@Timeout(180)
class SchemaGateTest {
    private static final String NEWEST = SeatStore.SCHEMA_VERSION;

    @TempDir
    Path folder;

    @Test
    void each_schema_of_another_program_refuses_the_start_with_a_word_of_its_own_before_the_port_opens()
            throws Exception {
        Set<String> codes = new HashSet<>();
        assertThat(refusal(codes)).isEqualTo(SchemaGate.PENDING);
        assertThat(codes).containsExactly("no_store");

        SeatsUnderTest.deploy(folder);
        edit("DELETE FROM flyway_schema_history WHERE version = '" + NEWEST + "'");
        assertThat(refusal(codes)).isEqualTo(SchemaGate.PENDING);

        fresh();
        edit("UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE version = '" + NEWEST + "'");
        assertThat(refusal(codes)).isEqualTo(SchemaGate.UNUSABLE);

        fresh();
        edit("UPDATE flyway_schema_history SET success = 0 WHERE version = '" + NEWEST + "'");
        assertThat(refusal(codes)).isEqualTo(SchemaGate.UNUSABLE);

        fresh();
        edit("UPDATE flyway_schema_history SET version = '999', script = 'V999__later.sql' WHERE version = '" + NEWEST
                + "'");
        assertThat(refusal(codes)).isEqualTo(SchemaGate.UNUSABLE);

        fresh();
        edit("ALTER TABLE users ADD COLUMN extra TEXT");
        assertThat(SeatStore.status(store()).exitCode()).isZero();
        assertThat(refusal(codes)).isEqualTo(SchemaGate.UNUSABLE);

        assertThat(codes).containsExactlyInAnyOrder("no_store", "pending", "edited", "failed", "newer", "drifted");
    }

    @Test
    void deploy_applies_what_is_pending_and_leaves_a_wrong_history_alone() throws Exception {
        assertThat(SeatStore.deploy(store(), "", SeatsUnderTest.CLOCK).code()).isEqualTo("current");
        assertThat(SeatStore.deploy(store(), "", SeatsUnderTest.CLOCK).code()).isEqualTo("current");
        edit("UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE version = '" + NEWEST + "'");

        assertThat(catchThrowableOfType(
                                SeatStore.SchemaRefused.class,
                                () -> SeatStore.deploy(store(), "", SeatsUnderTest.CLOCK))
                        .verdict()
                        .code())
                .isEqualTo("edited");
    }

    @Test
    void a_schema_that_changes_under_the_process_turns_health_red_and_stops_writes() throws Exception {
        try (SeatsUnderTest seats = SeatsUnderTest.start(folder)) {
            HttpResponse<String> good = seats.get("/health");
            assertThat(good.statusCode()).isEqualTo(200);
            assertThat(good.body()).contains("\"status\":\"ok\"", "\"writes\":\"disabled\"", "\"signer\":\"none\"");

            edit("ALTER TABLE operators ADD COLUMN extra TEXT");

            HttpResponse<String> bad = seats.get("/health");
            assertThat(bad.statusCode()).isEqualTo(503);
            assertThat(bad.body()).contains("schema");
            assertThat(catchThrowableOfType(
                                    bulwark.web.ApiRefusal.class,
                                    () -> seats.service().store().write(tx -> 1))
                            .code())
                    .isEqualTo("schema_not_current");
        }
    }

    /** @return what the command would end with */
    private int refusal(Set<String> codes) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        SeatStore.SchemaRefused refused =
                catchThrowableOfType(SeatStore.SchemaRefused.class, () -> SeatsUnderTest.start(folder, port));
        new ServerSocket(port).close();
        codes.add(refused.verdict().code());
        assertThat(refused).hasMessageContaining(".");
        return refused.verdict().exitCode();
    }

    private void fresh() throws Exception {
        try (var files = Files.list(folder)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                Files.delete(each);
            }
        }
        try (var keys = Files.walk(folder.resolve("seats.db.keys"))) {
            keys.sorted(java.util.Comparator.reverseOrder())
                    .forEach(each -> each.toFile().delete());
        }
        SeatsUnderTest.deploy(folder);
    }

    private void edit(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private StoreLocation store() {
        return StoreLocation.file(file());
    }

    private Path file() {
        return folder.resolve("seats.db");
    }
}
