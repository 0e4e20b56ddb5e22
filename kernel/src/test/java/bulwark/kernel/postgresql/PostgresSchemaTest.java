package bulwark.kernel.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.NoteStore;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreRefused;
import bulwark.testkit.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gate before a database is used, and the rights of the two roles. */
@Timeout(120)
class PostgresSchemaTest {
    private static final Migrations AUDITED = AuditTable.migration(
                    "db/storagetest/V100__audit.sql", AuditTable.of("test_audit_log"))
            .and(NoteStore.FIRST);

    private final PostgresServer server = PostgresServer.shared();
    private final String database = server.createDatabase();
    private final PostgresUrl owner = PostgresUrl.parse(server.url(database), "URL");

    private void open(Migrations migrations, SchemaPolicy policy) {
        PostgresStore.open(new PostgresStore.Access(() -> owner, null), migrations, policy, TestDatabase.PATIENT)
                .close();
    }

    private void open(Migrations migrations) {
        open(migrations, SchemaPolicy.CREATE_OR_UPGRADE);
    }

    @Test
    void an_empty_database_is_given_its_schema_and_opens_again() {
        assertThatThrownBy(() -> open(NoteStore.FIRST, SchemaPolicy.REFUSE_UNLESS_CURRENT))
                .hasMessageContaining("pending: db/storagetest/V001__notes.sql");
        open(NoteStore.FIRST);
        open(NoteStore.FIRST, SchemaPolicy.REFUSE_UNLESS_CURRENT);
        open(NoteStore.BOTH);
        open(NoteStore.BOTH, SchemaPolicy.REFUSE_UNLESS_CURRENT);
    }

    @Test
    void a_schema_of_another_program_is_left_untouched() {
        server.execute(database, "CREATE TABLE customers (id int)");
        assertThatThrownBy(() -> open(NoteStore.FIRST)).hasMessageContaining("tables of another program");
        assertThat(server.query(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                .isEqualTo("1");
    }

    @Test
    void a_migration_that_fails_changes_nothing() {
        Migrations broken =
                new Migrations(List.of("db/storagetest/V001__notes.sql", "db/storagetest/V009__broken.sql"));
        assertThatThrownBy(() -> open(broken))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("V009__broken.sql");
        assertThat(server.query(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                .isEqualTo("0");
    }

    @Test
    void a_newer_migration_an_edited_one_a_failed_one_and_another_order_are_each_refused() {
        open(NoteStore.BOTH);
        assertThatThrownBy(() -> open(NoteStore.FIRST)).hasMessageContaining("newer version of this program");
        server.execute(database, "UPDATE flyway_schema_history SET checksum = 1 WHERE version = '001'");
        assertThatThrownBy(() -> open(NoteStore.BOTH)).hasMessageContaining("its checksum differs");
        server.execute(database, "UPDATE flyway_schema_history SET success = false WHERE version = '001'");
        assertThatThrownBy(() -> open(NoteStore.BOTH)).hasMessageContaining("failed before");
        server.execute(database, "DELETE FROM flyway_schema_history WHERE version = '001'");
        assertThatThrownBy(() -> open(NoteStore.BOTH)).hasMessageContaining("out of order");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP TRIGGER test_audit_log_append_only ON test_audit_log",
                "ALTER TABLE test_audit_log DISABLE TRIGGER test_audit_log_in_order",
                "DROP INDEX notes_text",
                "ALTER TABLE notes ADD COLUMN more TEXT",
                "ALTER TABLE notes ALTER COLUMN text TYPE VARCHAR(100)",
                "ALTER TABLE notes ALTER COLUMN text SET DEFAULT 'x'",
                "ALTER TABLE notes DROP CONSTRAINT notes_text_check",
                "CREATE TABLE extra (id int)",
                "CREATE VIEW extra AS SELECT 1 AS one",
                "CREATE RULE lost AS ON INSERT TO notes DO INSTEAD NOTHING",
                "ALTER TABLE notes ENABLE ROW LEVEL SECURITY",
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
            })
    void a_schema_that_somebody_changed_by_hand_is_refused(String change) {
        open(AUDITED);
        server.execute(database, change);
        assertThatThrownBy(() -> open(AUDITED))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("not the one that its migrations make");
    }

    @Test
    void a_start_with_one_role_for_everything_says_that_the_role_may_alter_evidence() {
        ch.qos.logback.classic.Logger log =
                (ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(PostgresRoles.class);
        var seen = new ch.qos.logback.core.read.ListAppender<ch.qos.logback.classic.spi.ILoggingEvent>();
        seen.start();
        log.addAppender(seen);
        try {
            open(AUDITED);
            assertThat(seen.list)
                    .anyMatch(event -> event.getFormattedMessage()
                            .contains("SECURITY WARNING: the role postgres may alter the audit table test_audit_log"));
            seen.list.clear();
            withUser("quiet");
            assertThat(seen.list).isEmpty();
        } finally {
            log.detachAppender(seen);
        }
    }

    @Test
    void a_schema_of_its_own_is_made_and_compared() {
        PostgresUrl other = PostgresUrl.parse(server.url(database) + "?schema=other", "URL");
        for (int i = 0; i < 2; i++) {
            PostgresStore.open(
                            new PostgresStore.Access(() -> other, null),
                            AUDITED,
                            SchemaPolicy.CREATE_OR_UPGRADE,
                            TestDatabase.PATIENT)
                    .close();
        }
        assertThat(server.query(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'other'"))
                .isEqualTo("4");
        open(AUDITED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"UPDATE test_audit_log SET ts = ''", "DELETE FROM test_audit_log", "TRUNCATE test_audit_log"})
    void audit_rows_change_for_nobody_and_the_role_of_a_process_has_no_right_to_try(String statement) {
        open(AUDITED);
        assertThatThrownBy(() -> server.execute(database, statement)).hasMessageContaining("append-only");
        String user = withUser("closed");
        assertThatThrownBy(() -> asUser(user, statement)).hasMessageContaining("permission denied");
        assertThatThrownBy(() -> asUser(user, "ALTER TABLE test_audit_log DISABLE TRIGGER ALL"))
                .hasMessageContaining("must be owner");
        assertThatThrownBy(() -> asUser(user, "CREATE TABLE mine (id int)")).hasMessageContaining("permission denied");
        assertThatThrownBy(() -> asUser(user, "DELETE FROM flyway_schema_history"))
                .hasMessageContaining("permission denied");
        assertThatCode(() -> asUser(user, "INSERT INTO notes (text) VALUES ('allowed')"))
                .doesNotThrowAnyException();
    }

    /** @return the role, which was granted what it needs by a start with two URLs */
    private String withUser(String purpose) {
        String user = purpose + "_" + database;
        server.execute("CREATE ROLE " + user + " LOGIN PASSWORD 'given'");
        PostgresUrl url = PostgresUrl.parse(server.url(user + ":given", database), "URL");
        try (PostgresStore store = PostgresStore.open(
                new PostgresStore.Access(() -> url, () -> owner),
                AUDITED,
                SchemaPolicy.CREATE_OR_UPGRADE,
                TestDatabase.PATIENT)) {
            store.write(tx -> NoteStore.insert(tx, "by the user"));
            assertThat(store.schemaCheck(AUDITED)).isEmpty();
        }
        PostgresStore.open(
                        new PostgresStore.Access(() -> url, null),
                        AUDITED,
                        SchemaPolicy.CREATE_OR_UPGRADE,
                        TestDatabase.PATIENT)
                .close();
        return user;
    }

    private void asUser(String user, String statement) {
        server.execute(database, "SET ROLE " + user + "; " + statement);
    }
}
