package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.app.cli.CommandContext;
import bulwark.app.up.ChildSpec;
import bulwark.app.up.NamedExpiry;
import bulwark.app.up.ProvisionedPart;
import bulwark.app.up.StateFolder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TasksProvisioningTest {
    private final TasksPart part = new TasksPart();

    @TempDir
    Path root;

    private ProvisionedPart provision() throws Exception {
        return part.provision(new StateFolder(root), 9000, Clock.systemUTC());
    }

    private Path folder() {
        return root.resolve("tasks");
    }

    @Test
    void the_beat_signs_and_the_worker_only_verifies() throws Exception {
        ChildSpec worker = provision().children().get(0);
        ChildSpec beat = provision().children().get(1);

        assertThat(worker.environment()).doesNotContainKey("STEM_SIGNING_PRIVATE_KEYS_FILE");
        assertThat(beat.environment()).containsKey("STEM_SIGNING_PRIVATE_KEYS_FILE");
        assertThat(worker.environment()).containsEntry("STEM_METRICS_PORT", "9300");
        assertThat(beat.environment()).containsEntry("STEM_METRICS_PORT", "9301");
        assertThat(StateFolder.of(worker.environment())).isEqualTo(new StateFolder(root));
        assertThat(beat.environment().values())
                .as("the beat runs no platform job")
                .doesNotContain(root.toString());
        assertThat(worker.confinement()).isEqualTo(ChildSpec.Confinement.CONFINED);
        assertThat(beat.confinement()).isEqualTo(ChildSpec.Confinement.CONFINED);
    }

    @Test
    void a_public_key_that_a_kill_left_out_is_made_of_the_private_one() throws Exception {
        provision();
        Path publicKeys = folder().resolve("keys/public");
        String before = Files.readString(publicKeys);
        Files.delete(publicKeys);

        provision();

        assertThat(Files.readString(publicKeys)).isEqualTo(before);
    }

    private String read(String file) throws IOException {
        return Files.readString(folder().resolve(file)).strip();
    }

    @Test
    void commands_to_workers_have_a_key_that_neither_worker_nor_beat_can_sign_with() throws Exception {
        ProvisionedPart provisioned = provision();

        String operator = read("keys/operator");
        assertThat(operator).startsWith("operator:");
        assertThat(read("command-keys")).isEqualTo(read("keys/private") + "," + operator);
        assertThat(read("keys/public")).matches("up:[^,]+,operator:[^,]+");
        assertThat(read("control-key")).isEqualTo("operator");
        assertThat(read("signing-key")).isEqualTo("up");
        assertThat(read("key-purposes")).isEqualTo("up:tasks,operator:control");
        assertThat(provisioned.children())
                .allSatisfy(child -> assertThat(child.environment())
                        .containsEntry(
                                "STEM_SIGNING_PURPOSES_FILE",
                                folder().resolve("key-purposes").toString())
                        .doesNotContainValue(folder().resolve("command-keys").toString())
                        .doesNotContainValue(folder().resolve("keys/operator").toString()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder().resolve("command-keys"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_folder_of_an_older_release_keeps_its_keys_and_gets_the_one_for_commands() throws Exception {
        provision();
        String signing = read("keys/private");
        String open = read("keys/public").split(",")[0] + ",added:AAAA";
        Files.writeString(folder().resolve("keys/public"), open);
        Files.delete(folder().resolve("keys/operator"));
        Files.delete(folder().resolve("command-keys"));

        provision();
        provision();

        assertThat(read("keys/private")).isEqualTo(signing);
        assertThat(read("keys/public")).matches(Pattern.quote(open) + ",operator:[^,]+");
        assertThat(read("command-keys")).startsWith(signing + ",operator:");
    }

    @Test
    void the_platforms_schedules_are_stored_once_and_those_of_a_new_job_are_added() throws Exception {
        ProvisionedPart provisioned = provision();
        provisioned.afterStart(quiet());
        assertThat(stores("platform.audit-export")).isTrue();
        assertThat(stores("platform.key-ages")).isTrue();

        delete("platform.audit-export");
        provisioned.afterStart(quiet());
        assertThat(stores("platform.audit-export")).as("an operator removed it").isFalse();

        Path stored = folder().resolve("platform-schedules.yaml");
        Files.writeString(stored, Files.readString(stored).replace("id: platform.key-ages", "id: platform.former"));
        delete("platform.key-ages");
        provisioned.afterStart(quiet());
        assertThat(stores("platform.key-ages"))
                .as("a job that was never stored")
                .isTrue();
        assertThat(stores("platform.audit-export")).isFalse();
    }

    @Test
    void signing_keys_are_due_for_rotation_at_an_age() throws Exception {
        provision();

        assertThat(part.expiries(new StateFolder(root), Clock.systemUTC()))
                .hasSize(3)
                .extracting(NamedExpiry::what)
                .containsExactly(
                        "the tasks' operator signing key",
                        "the tasks' private signing key",
                        "the tasks' public signing key");
        assertThat(part.expiries(new StateFolder(root), Clock.systemUTC()))
                .allSatisfy(one -> assertThat(Duration.between(
                                one.expiry().created(), one.expiry().expires()))
                        .isEqualTo(Duration.ofDays(90)));
    }

    private boolean stores(String id) {
        return stem("schedule", "show", id).code() == 0;
    }

    private void delete(String id) {
        CommandResult ran = stem("schedule", "delete", "--id", id, "--yes");
        assertThat(ran.code()).as(ran.err()).isZero();
    }

    private CommandResult stem(String... arguments) {
        return CommandResult.stem(folder(), Map.of(), arguments);
    }

    private CommandContext quiet() {
        PrintStream none = new PrintStream(OutputStream.nullOutputStream());
        return new CommandContext(
                Map.of(), folder(), new ByteArrayInputStream(new byte[0]), none, System.err, Clock.systemUTC());
    }
}
