package bulwark.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys that up makes. */
class TasksProvisioningTest {
    @TempDir
    Path state;

    private String read(String file) throws IOException {
        return Files.readString(state.resolve("tasks").resolve(file)).strip();
    }

    @Test
    void commands_to_workers_have_a_key_that_neither_worker_nor_beat_can_sign_with() throws IOException {
        TasksProvisioning tasks = TasksProvisioning.openOrCreate(state, 8000);

        String operator = read("keys/operator");
        assertThat(operator).startsWith("operator:");
        assertThat(read("command-keys")).isEqualTo(read("keys/private") + "," + operator);
        assertThat(read("keys/public")).matches("up:[^,]+,operator:[^,]+");
        assertThat(read(".env")).contains("STEM_SIGNING_CONTROL_KEY=operator");
        assertThat(tasks.children()).allSatisfy(child -> {
            assertThat(child.environment()).containsEntry("STEM_SIGNING_PURPOSES", "up:tasks,operator:control");
            assertThat(child.environment().values()).noneMatch(value -> value.endsWith("command-keys"));
            assertThat(child.environment().values()).noneMatch(value -> value.endsWith("operator"));
        });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("tasks/command-keys"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_folder_of_an_older_release_keeps_its_keys_and_gets_the_one_for_commands() throws IOException {
        TasksProvisioning.openOrCreate(state, 8000);
        String signing = read("keys/private");
        String open = read("keys/public").split(",")[0] + ",added:AAAA";
        Files.writeString(state.resolve("tasks/keys/public"), open);
        Files.delete(state.resolve("tasks/keys/operator"));
        Files.delete(state.resolve("tasks/command-keys"));

        TasksProvisioning.openOrCreate(state, 8000);
        TasksProvisioning.openOrCreate(state, 8000);

        assertThat(read("keys/private")).isEqualTo(signing);
        assertThat(read("keys/public")).matches(Pattern.quote(open) + ",operator:[^,]+");
        assertThat(read("command-keys")).startsWith(signing + ",operator:");
    }
}
