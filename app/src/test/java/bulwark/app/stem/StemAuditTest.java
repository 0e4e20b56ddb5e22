package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.tasks.events.TaskAuditEvents;
import bulwark.tasks.events.TaskEvidence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StemAuditTest {
    private static final Pattern KEY = Pattern.compile("--key (\\S+)");

    @TempDir
    Path folder;

    private Path state;

    @BeforeEach
    void two_refusals() {
        state = folder.resolve(".stem");
        refuse("task-1", "task-2");
    }

    private void refuse(String... tasks) {
        try (TaskEvidence evidence = TaskEvidence.open(state, Clock.systemUTC())) {
            record(evidence, tasks);
        }
    }

    private static void record(TaskEvidence evidence, String... tasks) {
        for (String task : tasks) {
            evidence.recordRefusal(TaskAuditEvents.TASK_DEAD_LETTERED, "worker", "stem", task, "unknown_key", Map.of());
        }
    }

    private CommandResult stem(String... arguments) {
        return CommandResult.stem(folder, Map.of(), arguments);
    }

    /** @return the public key that the command names */
    private String export(String out, String... more) {
        List<String> arguments = new java.util.ArrayList<>(List.of("audit", "export", "--out", out));
        arguments.addAll(List.of(more));
        CommandResult ran = stem(arguments.toArray(String[]::new));
        assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
        Matcher key = KEY.matcher(ran.out());
        assertThat(key.find()).isTrue();
        return key.group(1);
    }

    @Test
    void an_export_of_evidence_verifies_with_the_public_log_key_alone() throws IOException {
        String key = export("a.jsonl");

        Path file = folder.resolve("a.jsonl");
        assertThat(Files.readAllLines(file)).hasSize(4);
        assertThat(Files.readString(file)).contains("\"subject\":\"task-1\"", "\"actor\":\"worker\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(stem("audit", "verify", "a.jsonl", "--key", key).out()).isEqualTo("whole: 2 rows in 1 file(s)\n");
        assertThat(stem("audit", "verify", "a.jsonl", "--key", ".stem/evidence-1.db.keys")
                        .code())
                .isZero();
    }

    @Test
    void exports_of_a_running_worker_are_a_chain() {
        String key;
        try (TaskEvidence evidence = TaskEvidence.open(state, Clock.systemUTC())) {
            record(evidence, "task-3");
            export("a.jsonl");
            record(evidence, "task-4");
            export("b.jsonl", "--since-seq", "3");
            record(evidence, "task-5");
            key = export("c.jsonl", "--since-seq", "4");
        }
        assertThat(stem("audit", "verify", "c.jsonl", "a.jsonl", "b.jsonl", "--key", key)
                        .out())
                .isEqualTo("whole: 5 rows in 3 file(s)\n");
        CommandResult gap = stem("audit", "verify", "a.jsonl", "c.jsonl", "--key", key);
        assertThat(gap.code()).isEqualTo(1);
        assertThat(gap.out()).contains("PROBLEM c.jsonl: does not follow a.jsonl");
    }

    @Test
    void an_edited_export_is_found() throws IOException {
        String key = export("a.jsonl");
        Path file = folder.resolve("a.jsonl");
        Files.writeString(file, Files.readString(file).replace("task-2", "task-9"));

        CommandResult ran = stem("audit", "verify", "a.jsonl", "--key", key);
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).contains("PROBLEM a.jsonl: row 2 does not fit its row_hash", "NOT whole");
    }

    @Test
    void an_export_that_another_key_signed_is_found() {
        export("a.jsonl");
        CommandResult ran = stem("audit", "verify", "a.jsonl", "--key", "A".repeat(43));
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).contains("PROBLEM a.jsonl: it is signed by the key");
    }

    @Test
    void an_export_of_a_former_log_key_holds_until_the_key_is_distrusted() {
        String keys = ".stem/evidence-1.db.keys";
        export("a.jsonl");
        assertThat(stem("audit", "rotate-key").code()).isZero();
        export("b.jsonl");
        assertThat(stem("audit", "verify", "a.jsonl", "b.jsonl", "--key", keys).code())
                .isZero();

        assertThat(stem("audit", "rotate-key", "--distrust", "seen in a paste").code())
                .isZero();
        assertThat(stem("audit", "verify", "a.jsonl", "--key", keys).code()).isZero();
        CommandResult ran = stem("audit", "verify", "b.jsonl", "--key", keys);
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).contains("PROBLEM b.jsonl: it is signed by the log key", "which is distrusted");
    }

    @Test
    void evidence_that_is_not_whole_is_not_signed() throws Exception {
        try (var raw = DriverManager.getConnection("jdbc:sqlite:" + state.resolve("evidence-1.db"));
                var sql = raw.createStatement()) {
            sql.execute("DROP TRIGGER task_audit_log_no_update");
            sql.execute("UPDATE task_audit_log SET subject = 'another' WHERE seq = 2");
        }
        CommandResult ran = stem("audit", "export", "--out", "a.jsonl");
        assertThat(ran.code()).isNotZero();
        assertThat(ran.err()).contains("is not whole and is not exported", "Row 2 of task_audit_log was changed");
        assertThat(folder.resolve("a.jsonl")).doesNotExist();
    }

    @Test
    void what_cannot_be_exported_or_verified_is_refused_with_a_sentence() {
        assertThat(stem("audit", "export", "--evidence", "7").err()).contains("evidence-7.db");
        assertThat(stem("audit", "export", "--evidence", "0").err()).contains("--evidence is 1 or more");
        assertThat(stem("audit", "export", "--since-seq=-1").err()).contains("--since-seq is 0 or more");
        export("a.jsonl");
        assertThat(stem("audit", "export", "--out", "a.jsonl").err()).contains("exports are never overwritten");
        assertThat(stem("audit", "verify", "a.jsonl", "--key", "nonsense").err())
                .contains("--key takes");
        assertThat(stem("audit", "verify", "absent.jsonl", "--key", "A".repeat(43))
                        .err())
                .contains("there is no export at");
    }
}
