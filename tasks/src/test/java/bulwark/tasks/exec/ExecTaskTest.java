package bulwark.tasks.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskHandler;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@Timeout(60)
class ExecTaskTest {
    @TempDir
    Path folder;

    private Path program;
    private Path file;

    @BeforeEach
    void paths() {
        program = folder.resolve("program.sh");
        file = folder.resolve("exec.yaml");
    }

    private void script(String body) throws IOException {
        Files.writeString(program, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private TaskHandler handler(String more) throws IOException {
        Files.writeString(file, "job:\n  program: " + program + "\n" + more);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return ExecFile.read(file).getFirst();
    }

    private static TaskContext context(ObjectNode args, boolean signed) {
        return (TaskContext) Proxy.newProxyInstance(
                ExecTaskTest.class.getClassLoader(),
                new Class<?>[] {TaskContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "args" -> args;
                    case "signed" -> signed;
                    case "fence" -> new FencingToken(1, 0, 1);
                    default -> null;
                });
    }

    private @Nullable Object run(TaskHandler handler, ObjectNode args) throws Exception {
        return handler.run(context(args, true));
    }

    private static ObjectNode args() {
        return JsonNodeFactory.instance.objectNode();
    }

    @Test
    void the_arguments_come_on_standard_input_and_the_output_is_the_result() throws Exception {
        script("cat");

        assertThat(run(handler(""), args().put("to", "x; rm -rf /"))).hasToString("{\"to\":\"x; rm -rf /\"}");
    }

    @Test
    void output_that_is_no_json_is_a_text() throws Exception {
        script("echo hello there");

        assertThat(run(handler(""), args())).isEqualTo("hello there");
    }

    @Test
    void the_program_sees_no_argument_and_only_the_named_environment() throws Exception {
        script(
                "echo \"$# $(/usr/bin/env | /usr/bin/grep -v '^\\(PWD\\|SHLVL\\|_\\|OLDPWD\\)=' | /usr/bin/tr '\\n' ' ')\"");

        assertThat(run(handler("  env: {COLOUR: blue}\n"), args())).isEqualTo("0 COLOUR=blue");
    }

    @Test
    void a_failing_program_reports_its_exit_code_and_not_its_output() throws Exception {
        script("echo secret >&2; exit 3");
        TaskHandler handler = handler("");

        assertThatThrownBy(() -> run(handler, args()))
                .isInstanceOf(ExecFailed.class)
                .hasMessageContaining("code 3")
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_program_that_times_out_is_killed_with_its_children() throws Exception {
        Path pids = folder.resolve("pids");
        script("/usr/bin/sleep 600 & echo $! > " + pids + "; /usr/bin/sleep 600");
        TaskHandler handler = handler("  timeoutMs: 700\n");

        assertThatThrownBy(() -> run(handler, args())).hasMessageContaining("longer than 700 ms");

        long child = Long.parseLong(Files.readString(pids).strip());
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> ProcessHandle.of(child)
                        .map(process -> !process.isAlive())
                        .orElse(true));
    }

    @Test
    void a_program_that_writes_too_much_is_killed() throws Exception {
        script("exec /usr/bin/yes");
        TaskHandler handler = handler("  maxOutputBytes: 1000\n");

        assertThatThrownBy(() -> run(handler, args())).hasMessageContaining("more than 1000 bytes");
    }

    @Test
    void an_unsigned_envelope_runs_nothing() throws Exception {
        script("cat");
        TaskHandler handler = handler("");

        assertThat(handler.signedOnly()).isTrue();
        assertThatThrownBy(() -> handler.run(context(args(), false))).isInstanceOf(ExecFailed.class);
    }

    @Test
    void a_file_writable_by_others_is_refused() throws Exception {
        script("cat");
        handler("");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> ExecFile.read(file)).hasMessageContaining("chmod 600");
    }

    @Test
    void a_program_that_everybody_can_change_is_refused() throws Exception {
        script("cat");
        TaskHandler handler = handler("");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> ExecFile.read(file)).hasMessageContaining("every user");
        assertThatThrownBy(() -> run(handler, args())).hasMessageContaining("every user");
    }

    @Test
    void faults_of_the_file_are_listed() throws Exception {
        Files.writeString(
                file,
                "a: {program: relative}\nb: {program: /nowhere/x}\nc: {program: /bin/sh, env: {LD_PRELOAD: x}}\nd: {shell: x}\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThatThrownBy(() -> ExecFile.read(file))
                .isInstanceOfSatisfying(
                        ExecRefused.class,
                        refused -> assertThat(refused.sentences()).hasSize(4));
        for (String text : List.of("- a", "a: [", "a: b", "12")) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> ExecFile.read(file)).isInstanceOf(ExecRefused.class);
        }
    }
}
