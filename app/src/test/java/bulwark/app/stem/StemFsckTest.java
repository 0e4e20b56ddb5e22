package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.app.cli.CommandContext;
import bulwark.tasks.events.TaskAuditEvents;
import bulwark.tasks.events.TaskEvidence;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.testkit.FolderImage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class StemFsckTest {
    private static final Map<String, String> SETTINGS = Map.of(
            "STEM_SIGNING_KEYS", "primary:c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=",
            "STEM_SIGNING_ACTIVE_KEY", "primary");

    @TempDir
    Path folder;

    private Path state;

    @BeforeEach
    void fill() {
        state = folder.resolve(".stem");
        assertThat(stem("enqueue", "demo.echo").code()).isZero();
        try (TaskEvidence evidence = TaskEvidence.open(state, Clock.systemUTC())) {
            evidence.recordRefusal(
                    TaskAuditEvents.TASK_DEAD_LETTERED, "worker", "stem", "task-1", "unknown_key", Map.of());
            evidence.recordRefusal(
                    TaskAuditEvents.TASK_DEAD_LETTERED, "worker", "stem", "task-2", "unknown_key", Map.of());
        }
    }

    @Test
    void what_is_whole_is_clean_and_stays_as_it_is() {
        Map<String, String> before = FolderImage.of(folder);
        CommandResult ran = stem("fsck");
        assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out())
                .contains("checked the task store", "the audit chain task_audit_log of")
                .endsWith("clean\n");
        assertThat(stem("fsck", "--json").out()).contains("\"clean\": true", "\"problems\": []");
        assertThat(FolderImage.of(folder)).isEqualTo(before);
    }

    @Test
    void stores_that_a_process_has_open_are_checked_too() throws Exception {
        try (TaskRuntime runtime = new SettingsOptions(session()).open();
                TaskEvidence evidence = TaskEvidence.open(state, Clock.systemUTC())) {
            runtime.stores().broker().ping();
            evidence.recordRefusal(
                    TaskAuditEvents.TASK_DEAD_LETTERED, "worker", "stem", "task-3", "unknown_key", Map.of());
            CommandResult ran = stem("fsck");
            assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tasks.db | UPDATE task_entries SET message = 'x'",
                "tasks.db | DROP INDEX task_results_end",
                "tasks.db | CREATE TRIGGER planted AFTER INSERT ON task_entries BEGIN DELETE FROM task_entries; END",
                "evidence-1.db | DROP TRIGGER task_audit_log_no_update",
                "evidence-1.db | UPDATE flyway_schema_history SET checksum = 1",
                "evidence-1.db | DROP TRIGGER task_audit_log_no_update; UPDATE task_audit_log SET subject = 'another'",
                "evidence-1.db | DROP TRIGGER task_audit_log_no_delete; DELETE FROM task_audit_log WHERE seq = 1"
            })
    void every_edit_by_hand_is_found(String file, String edits) throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + state.resolve(file));
                Statement sql = raw.createStatement()) {
            for (String edit : edits.contains("BEGIN") ? new String[] {edits} : edits.split(";")) {
                sql.execute(edit);
            }
        }
        CommandResult ran = stem("fsck");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).contains("PROBLEM ").contains("problem(s) found");
    }

    @Test
    void the_log_key_of_evidence_is_replaced_and_distrusted_and_the_evidence_stays_whole() {
        CommandResult ran = stem("audit", "rotate-key", "--distrust", "the disk was stolen");
        assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).startsWith("evidence-1.db: the log key ").contains(" is distrusted; ");
        assertThat(stem("fsck").code()).isZero();
        try (TaskEvidence evidence = TaskEvidence.open(state, Clock.systemUTC())) {
            assertThat(evidence.problem()).isNull();
            CommandResult refused = stem("audit", "rotate-key");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err()).contains("evidence-1.db: in use; stop its worker or beat");
        }
    }

    @Test
    void a_folder_without_stores_says_so(@TempDir Path empty) {
        CommandResult ran = CommandResult.stem(empty, SETTINGS, "fsck");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).startsWith("nothing to check");
        assertThat(empty).isEmptyDirectory();
    }

    private CommandContext session() {
        return new CommandContext(SETTINGS, folder, System.in, System.out, System.err, Clock.systemUTC());
    }

    private CommandResult stem(String... arguments) {
        return CommandResult.stem(folder, SETTINGS, arguments);
    }
}
