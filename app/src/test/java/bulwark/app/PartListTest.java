package bulwark.app;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.up.ChildSpec;
import bulwark.app.up.Part;
import bulwark.app.up.ProvisionedPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the program demands of each part of its list. */
class PartListTest {
    @TempDir
    private Path state;

    private static List<Part> parts() {
        return PartList.ALL;
    }

    @ParameterizedTest
    @MethodSource("parts")
    void the_commands_of_each_part_are_commands_of_the_program(Part part) {
        assertThat(BulwarkCommand.line().getSubcommands().values())
                .extracting(line -> (Object) line.getCommandSpec().userObject().getClass())
                .containsAll(part.commands());
    }

    @ParameterizedTest
    @MethodSource("parts")
    void the_help_of_up_names_the_ports_of_each_part(Part part) {
        CommandLine up = BulwarkCommand.line().getSubcommands().get("up");

        assertThat(up.getUsageMessage().replaceAll("\\s+", " "))
                .contains("Ports of " + part.name() + ": " + part.ports());
    }

    @ParameterizedTest
    @MethodSource("parts")
    void each_child_has_a_folder_of_its_part_and_a_command_of_its_part(Part part) throws IOException {
        ProvisionedPart provisioned = part.provision(state, 8000);

        assertThat(provisioned.children()).isNotEmpty().allSatisfy(child -> {
            assertThat(child.directory()).isDirectory().startsWithRaw(state.resolve(part.name()));
            assertThat(child.readyFile()).startsWithRaw(child.directory()).doesNotExist();
            assertThat(part.directCommand(child.command())).isPresent();
            assertThat(child.advice()).isNotBlank();
        });
        assertThat(provisioned.welcome()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void a_second_start_keeps_the_keys_of_the_first(Part part) throws IOException {
        part.provision(state, 8000);
        List<Path> keys = privateKeys();

        List<ChildSpec> again = part.provision(state, 8000).children();

        assertThat(again).isNotEmpty();
        assertThat(privateKeys()).isEqualTo(keys).isNotEmpty();
    }

    private List<Path> privateKeys() throws IOException {
        try (var files = Files.walk(state)) {
            return files.filter(file ->
                            file.getParent().endsWith("tls") || file.getParent().endsWith("keys"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }
}
