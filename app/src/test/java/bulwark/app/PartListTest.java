package bulwark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.app.cli.CommandContext;
import bulwark.app.up.ChildSpec;
import bulwark.app.up.CommandScript;
import bulwark.app.up.Part;
import bulwark.app.up.PartList;
import bulwark.app.up.PlatformJob;
import bulwark.app.up.ProvisionedPart;
import bulwark.app.up.StateFolder;
import bulwark.kernel.signing.Digests;
import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What the program demands of each part of its list. */
class PartListTest {
    private static final CommandContext CONTEXT = CommandContext.ofProcess();

    @TempDir
    private Path state;

    private StateFolder folder() {
        return new StateFolder(state);
    }

    private static List<Part> parts() {
        return PartList.all();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void the_commands_of_each_part_are_commands_of_the_program(Part part) {
        assertThat(BulwarkCommand.tree(CONTEXT).line().getSubcommands().values())
                .extracting(line -> (Object) line.getCommandSpec().userObject().getClass())
                .containsAll(part.commands());
    }

    @ParameterizedTest
    @MethodSource("parts")
    void the_usage_of_each_script_shows_the_name_that_was_typed(Part part) {
        for (CommandScript script : part.scripts()) {
            assertThat(CommandResult.of(state, Map.of(), "", script.name(), "--help")
                            .out())
                    .startsWith("Usage: " + script.name());
        }
        for (Class<?> command : part.commands()) {
            Command annotation = command.getAnnotation(Command.class);
            for (Class<?> below : annotation.subcommands()) {
                String name = below.getAnnotation(Command.class).name();
                assertThat(CommandResult.of(state, Map.of(), "", annotation.name(), name, "--help")
                                .out())
                        .startsWith("Usage: " + annotation.name() + " " + name);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("parts")
    void the_help_of_up_names_the_ports_of_each_part(Part part) {
        CommandLine up = BulwarkCommand.tree(CONTEXT).line().getSubcommands().get("up");

        assertThat(up.getUsageMessage().replaceAll("\\s+", " "))
                .contains("Ports of " + part.name() + ": " + part.ports());
    }

    @ParameterizedTest
    @MethodSource("parts")
    void each_child_has_a_folder_of_its_part_and_a_command_of_its_part(Part part) throws IOException {
        ProvisionedPart provisioned = part.provision(folder(), 8000, Clock.systemUTC());

        assertThat(provisioned.children()).isNotEmpty().allSatisfy(child -> {
            assertThat(child.directory()).isDirectory().startsWithRaw(state.resolve(part.name()));
            assertThat(child.readyFile()).startsWithRaw(child.directory()).doesNotExist();
            assertThat(part.directCommand(CONTEXT, child.command())).isPresent();
            assertThat(child.advice()).isNotBlank();
        });
        assertThat(provisioned.welcome()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void a_second_start_keeps_the_keys_of_the_first(Part part) throws IOException {
        part.provision(folder(), 8000, Clock.systemUTC());
        Map<Path, String> keys = privateKeys();

        List<ChildSpec> again =
                part.provision(folder(), 8000, Clock.systemUTC()).children();

        assertThat(again).isNotEmpty();
        assertThat(privateKeys()).isEqualTo(keys).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void each_script_of_a_part_is_a_command_of_the_part(Part part) {
        assertThat(part.scripts())
                .isNotEmpty()
                .allSatisfy(script -> assertThat(part.commands())
                        .anyMatch(
                                type -> type.getAnnotation(Command.class).name().equals(script.name())));
    }

    /** The launcher starts a command as its script says, so one under another name would start unconfined. */
    @Test
    void every_script_in_the_tree_is_of_a_part() throws IOException {
        try (var files = Files.list(SharedMaterial.repository().resolve("bin"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(PartList.all().stream()
                            .flatMap(part -> part.scripts().stream())
                            .map(CommandScript::name)
                            .toList());
        }
    }

    @Test
    void the_training_runs_of_all_parts_are_listed_for_the_launcher() {
        CommandResult ran = CommandResult.of(state, Map.of(), "", "training-run", "--list");

        assertThat(ran.out()).isEqualTo("stigmem-node node-training-run\nseat-manager seats-training-run\n");
    }

    @Test
    void every_platform_job_is_a_task_of_the_worker_and_fails_outside_of_up() {
        assertThat(PartList.jobs())
                .extracting(PlatformJob::name)
                .containsExactly("platform.audit-export", "platform.key-ages");
        assertThat(CommandResult.stem(state, Map.of(), "tasks", "ls").out())
                .contains("platform.audit-export", "platform.key-ages");
        assertThatThrownBy(() -> StateFolder.of(Map.of())).hasMessageContaining("not started by ./bulwark up");
    }

    /** Without those of leaf certificates, which are issued anew; with the secrets of a part's {@code .env}. @return what each file holds */
    private Map<Path, String> privateKeys() throws IOException {
        Map<Path, String> keys = new TreeMap<>();
        try (var files = Files.walk(state)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.endsWith("ca.key") || file.getParent().endsWith("keys") || file.endsWith(".env")) {
                    keys.put(file, Digests.sha256Hex(Files.readAllBytes(file)));
                }
            }
        }
        return keys;
    }
}
