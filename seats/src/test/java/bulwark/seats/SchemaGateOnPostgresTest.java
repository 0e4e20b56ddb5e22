package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.kernel.storage.StoreRefused;
import bulwark.seats.store.SeatStore;
import bulwark.testkit.PostgresServer;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gate of migrations on PostgreSQL, where the role that serves cannot change what it finds. */
@Timeout(300)
class SchemaGateOnPostgresTest {
    @TempDir
    Path folder;

    private final SeatDatabase database = new SeatDatabase(PostgresServer.shared());

    @Test
    void an_empty_database_is_refused_and_deploy_makes_it_whole() throws Exception {
        assertThat(refusal()).isEqualTo("no_store");
        SeatsUnderTest.deploy(folder, database.settings());
        try (SeatsUnderTest seats = start(0)) {
            assertThat(seats.get("/health").statusCode()).isEqualTo(200);
        }
        assertThat(SeatStore.fsck(SeatsUnderTest.location(folder, database.settings()))
                        .clean())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pending      | DELETE FROM flyway_schema_history WHERE version = 'NEWEST'
            edited       | UPDATE flyway_schema_history SET checksum = 7 WHERE version = 'NEWEST'
            failed       | UPDATE flyway_schema_history SET success = false WHERE version = 'NEWEST'
            newer        | UPDATE flyway_schema_history SET version = '999', script = 'V999__later.sql' WHERE version = 'NEWEST'
            drifted      | ALTER TABLE users ADD COLUMN extra TEXT
            drifted      | DROP TRIGGER seats_audit_log_append_only ON seats_audit_log
            drifted      | ALTER TABLE seats DROP CONSTRAINT seats_pubkey_check
            """)
    void each_schema_of_another_program_refuses_the_start_before_the_port_opens(String code, String sql)
            throws Exception {
        SeatsUnderTest.deploy(folder, database.settings());
        database.edit(sql.replace("NEWEST", SeatStore.SCHEMA_VERSION));
        assertThat(refusal()).isEqualTo(code);
    }

    @Test
    void a_schema_that_changes_under_the_process_turns_health_red_and_stops_writes() throws Exception {
        SeatsUnderTest.deploy(folder, database.settings());
        try (SeatsUnderTest seats = start(0)) {
            assertThat(seats.get("/health").statusCode()).isEqualTo(200);
            database.edit("ALTER TABLE operators ADD COLUMN extra TEXT");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> seats.get("/health").statusCode() == 503);
            assertThat(catchThrowableOfType(
                                    bulwark.web.ApiRefusal.class,
                                    () -> seats.service().store().write(tx -> 1))
                            .code())
                    .isEqualTo("schema_not_current");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ALTER TABLE users ADD COLUMN extra TEXT          | must be owner
            UPDATE seats_audit_log SET actor = 'nobody'      | permission denied
            DELETE FROM seats_audit_log                      | permission denied
            TRUNCATE seats_audit_log                         | permission denied
            DROP TABLE seats                                 | must be owner
            UPDATE flyway_schema_history SET checksum = 1    | permission denied
            CREATE TABLE seats.extra (id INT)                | permission denied
            """)
    void the_role_of_the_service_changes_no_table_and_no_evidence(String sql, String denial) {
        SeatsUnderTest.deploy(folder, database.settings());
        assertThatThrownBy(() -> database.editAsUser(sql)).hasStackTraceContaining(denial);
    }

    @Test
    void a_refused_role_is_a_sentence_that_holds_neither_password_nor_url() {
        Map<String, String> settings = new HashMap<>(database.settings());
        settings.put("DATABASE_URL", database.url().replaceFirst("//[^@]*@", "//nobody_there:other-secret@"));
        StoreRefused refused = catchThrowableOfType(
                StoreRefused.class, () -> SeatStore.status(SeatsUnderTest.location(folder, settings)));
        assertThat(refused)
                .hasMessageContaining("check that it runs")
                .hasMessageNotContainingAny("other-secret", "://");
    }

    private SeatsUnderTest start(int port) {
        Map<String, String> settings = new HashMap<>(database.settings());
        settings.put("SEAT_MANAGER_PORT", Integer.toString(port));
        return SeatsUnderTest.start(folder, settings, SeatsUnderTest.CLOCK);
    }

    private String refusal() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        SeatStore.SchemaRefused refused = catchThrowableOfType(SeatStore.SchemaRefused.class, () -> start(port));
        new ServerSocket(port).close();
        return refused.verdict().code();
    }
}
