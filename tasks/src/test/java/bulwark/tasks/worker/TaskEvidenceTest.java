package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.StoreRefused;
import bulwark.tasks.events.TaskAuditEvents;
import bulwark.tasks.events.TaskEvidence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Evidence of a worker that somebody changed who holds no key: the next process refuses it. */
@Timeout(60)
class TaskEvidenceTest {
    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    private Path log;

    @BeforeEach
    void threeRefusals() {
        log = folder.resolve("evidence-1.db.log.jsonl");
        try (TaskEvidence evidence = open()) {
            for (int i = 0; i < 3; i++) {
                evidence.recordRefusal(
                        TaskAuditEvents.TASK_DEAD_LETTERED, "worker-1", "stem", "task-" + i, "bad_signature", Map.of());
            }
            assertThat(evidence.problem()).isNull();
        }
    }

    private TaskEvidence open() {
        return TaskEvidence.open(folder, Clock.systemUTC(), new TaskEvidence.Options(elsewhere, ""));
    }

    private void refusedBecause(String words) {
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining(words)
                .hasMessageContaining("STEM_ACCEPT_EVIDENCE_LOSS=");
    }

    private void plant(String... edits) throws SQLException {
        try (var raw = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("evidence-1.db"));
                var sql = raw.createStatement()) {
            for (String edit : edits) {
                sql.execute(edit);
            }
        }
    }

    @Test
    void the_last_rows_are_signed_when_a_worker_stops_and_the_next_one_goes_on() throws Exception {
        assertThat(Files.readString(log)).contains("bulwark.log_origin", "task_audit_log", "\"seq\":3");
        assertThat(elsewhere.resolve("evidence-1.db.head.json")).content().contains("\"seq\":3");
        open().close();
    }

    @Test
    void refusals_that_were_taken_away_are_found() throws Exception {
        plant("DROP TRIGGER task_audit_log_no_delete", "DELETE FROM task_audit_log WHERE seq = 3");
        refusedBecause("task_audit_log: row 3 is missing");
    }

    @Test
    void a_row_whose_contents_were_edited_is_found() throws Exception {
        plant(
                "DROP TRIGGER task_audit_log_no_update",
                "UPDATE task_audit_log SET detail = replace(detail, 'bad_signature', 'expired') WHERE seq = 2");
        refusedBecause("Row 2 of task_audit_log was changed after it was written");
    }

    @Test
    void a_running_process_finds_a_row_whose_contents_were_edited() throws Exception {
        try (TaskEvidence evidence = open()) {
            plant(
                    "DROP TRIGGER task_audit_log_no_update",
                    "UPDATE task_audit_log SET detail = replace(detail, 'bad_signature', 'expired') WHERE seq = 2");
            evidence.rescan();
            assertThat(evidence.problem()).contains("Row 2 of task_audit_log was changed after it was written");
        }
    }

    /** One half of a surrogate pair has no bytes to be hashed, and U+009B starts a control sequence in a terminal. */
    @Test
    void a_hostile_id_cannot_keep_its_refusal_out_of_the_evidence() throws Exception {
        try (TaskEvidence evidence = open()) {
            for (String id : List.of("half \ud83d", "x".repeat(199) + "😀", "\u009b2J")) {
                evidence.recordRefusal(
                        TaskAuditEvents.TASK_DEAD_LETTERED, "worker-1", "stem", id, "bad_signature", Map.of());
            }
        }
        assertThat(Files.readString(log)).contains("\"seq\":6");
        open().close();
    }

    @Test
    void the_log_key_is_replaced_after_a_year_and_on_demand_and_what_the_former_ones_signed_stays_valid()
            throws Exception {
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(366));
        TaskEvidence.open(folder, later, new TaskEvidence.Options(elsewhere, ""))
                .close();
        try (TaskEvidence evidence = open()) {
            evidence.rotateLogKey("the disk was stolen");
        }
        assertThat(Files.readString(log)).containsSubsequence("\"introduced\"", "\"introduced\"", "\"distrusted\"");
        try (TaskEvidence evidence = open()) {
            assertThat(evidence.problem()).isNull();
            EvidenceScope scope = TaskEvidence.scope(folder.resolve("evidence-1.db"), elsewhere);
            List<String> problems = evidence.store().read(tx -> StoreCheck.whole(scope, Signing.fastest(), tx));
            assertThat(problems).isEmpty();
        }
    }

    @Test
    void a_deleted_or_cut_log_is_found() throws Exception {
        List<String> lines = Files.readAllLines(log);
        Files.write(log, lines.subList(0, lines.size() - 1));
        refusedBecause("does not hold leaf");
        Files.delete(log);
        refusedBecause("cut, replaced or deleted");
    }
}
