package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.audit.AuditColumns;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.evidence.signer.StoreOpening;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreRefused;
import bulwark.tasks.events.TaskAuditEvents;
import bulwark.tasks.events.TaskEvidence;
import bulwark.tasks.setup.TaskFsck;
import bulwark.tasks.setup.TaskSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Evidence that a version wrote which kept the id of a task in a column of another name. */
@Timeout(60)
class FormerEvidenceTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final AuditTable FORMER = AuditTable.of(
            "task_audit_log",
            new AuditColumns(
                    "entity_uri",
                    "fact_id",
                    List.of("entity_uri", "oidc_sub", "fact_id", "source", "attested_key_id")));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void two_rows_of_the_former_version() throws IOException {
        file = folder.resolve(".stem/evidence-1.db");
        Migrations schema = new Migrations(List.of("db/kernel/V010__store_heads.sql"))
                .and(Migrations.generated("db/tasks/V290__evidence.sql", formerScript()));
        try (Store store = Store.open(file, schema, Store.SchemaPolicy.CREATE_OR_UPGRADE);
                AuditLog log = AuditLog.open(store, FORMER, CLOCK);
                TransparencyLog heads = TransparencyLogs.local(file.resolveSibling("evidence-1.db.log.jsonl"), CLOCK)) {
            var scope = TaskEvidence.scope(file, null);
            var signer = StoreOpening.open(
                            store,
                            heads,
                            scope,
                            LogKeys.open(scope.keyFolder(), Signing.fastest(), CLOCK),
                            CLOCK,
                            new StoreOpening.Acceptance("NONE", ""),
                            tx -> List.of(),
                            log)
                    .signer();
            for (String task : List.of("task-1", "task-2")) {
                store.write(tx ->
                        log.append(tx, new AuditEvent("task_dead_lettered", "worker-1", "stem", task, null, Map.of())));
            }
            signer.close();
        }
    }

    private static String formerScript() throws IOException {
        try (InputStream script = FormerEvidenceTest.class.getResourceAsStream("/db/formertasks/V290__evidence.sql")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void refuse(String task) {
        try (TaskEvidence evidence = TaskEvidence.open(file.getParent(), CLOCK)) {
            evidence.recordRefusal(
                    TaskAuditEvents.TASK_DEAD_LETTERED, "worker-2", "stem", task, "bad_signature", Map.of());
            assertThat(evidence.problem()).isNull();
        }
    }

    private Fsck.Report fsck() {
        return TaskFsck.run(Configuration.readLenient(TaskSettings.schema(), Map.of(), folder), folder);
    }

    private void plant(String... edits) throws Exception {
        try (var raw = DriverManager.getConnection("jdbc:sqlite:" + file);
                var sql = raw.createStatement()) {
            for (String edit : edits) {
                sql.execute(edit);
            }
        }
    }

    @Test
    void the_chain_and_its_signed_heads_stay_whole_and_go_on_under_the_new_names() throws Exception {
        refuse("task-3");
        refuse("task-4");
        assertThat(fsck().sentences()).isEmpty();
        try (var raw = DriverManager.getConnection("jdbc:sqlite:" + file);
                var rows = raw.createStatement()
                        .executeQuery("SELECT group_concat(actor || ' ' || subject, ', ') FROM task_audit_log")) {
            assertThat(rows.getString(1))
                    .isEqualTo("worker-1 task-1, worker-1 task-2, worker-2 task-3, worker-2 task-4");
        }
    }

    @Test
    void a_file_that_no_process_opened_since_is_whole_and_its_edit_found() throws Exception {
        assertThat(fsck().sentences()).isEmpty();
        plant("DROP TRIGGER task_audit_log_no_update", "UPDATE task_audit_log SET fact_id = 'x' WHERE seq = 2");
        assertThat(fsck().sentences()).anyMatch(sentence -> sentence.contains("Row 2 of task_audit_log was changed"));
    }

    @Test
    void an_edit_of_a_row_from_before_the_upgrade_is_found() throws Exception {
        refuse("task-3");
        plant("DROP TRIGGER task_audit_log_no_update", "UPDATE task_audit_log SET subject = 'x' WHERE seq = 1");
        assertThat(fsck().sentences()).anyMatch(sentence -> sentence.contains("Row 1 of task_audit_log was changed"));
    }

    @Test
    void an_edit_that_was_made_before_the_upgrade_is_found_by_its_start_and_after_it() throws Exception {
        plant("DROP TRIGGER task_audit_log_no_update", "UPDATE task_audit_log SET fact_id = 'x' WHERE seq = 2");
        assertThatThrownBy(() -> refuse("task-3"))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("Row 2 of task_audit_log was changed");
        assertThat(fsck().sentences()).anyMatch(sentence -> sentence.contains("Row 2 of task_audit_log was changed"));
    }
}
