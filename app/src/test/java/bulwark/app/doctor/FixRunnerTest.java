package bulwark.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --fix}: what it would do is printed, what it does is seen, and without a yes nothing is done. */
@Timeout(600)
class FixRunnerTest {
    @TempDir
    Path folder;

    private Path state;
    private Path outside;

    @BeforeEach
    void plant() throws Exception {
        folder = folder.toRealPath();
        state = folder.resolve("state");
        OwnerOnlyFiles.createDirectory(state.resolve("facts"));
        OwnerOnlyFiles.write(state.resolve("facts/open.key"), "secret".getBytes(StandardCharsets.UTF_8));
        mode(state.resolve("facts/open.key"), "rw-r--r--");
        OwnerOnlyFiles.write(
                state.resolve("facts/gone.db.run.json"),
                ("{\"pid\":" + ended() + ",\"socket\":\"/none\"}").getBytes(StandardCharsets.UTF_8));
        outside = Files.writeString(folder.resolve("outside"), "x");
        mode(outside, "rw-rw-rw-");
        Files.createSymbolicLink(state.resolve("facts/link"), outside);
    }

    private static long ended() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private CommandResult doctor(String in, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("doctor", "--state", "state", "--memory", "memory", "--only", "HOST-FILES-01,HOST-RUN-01"));
        arguments.addAll(List.of(more));
        return CommandResult.of(folder, Map.of("HOME", folder.toString()), in, arguments.toArray(String[]::new));
    }

    /** Bytes, modes and times, of the folder and of what a link of it leads to. */
    private Map<String, String> everything() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> paths = Stream.concat(Files.walk(state), Stream.of(outside))) {
            for (Path path : paths.toList()) {
                Map<String, Object> attributes =
                        Files.readAttributes(path, "unix:mode,ctime,lastModifiedTime,ino", LinkOption.NOFOLLOW_LINKS);
                String bytes = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                        ? Arrays.toString(Files.readAllBytes(path))
                        : "";
                all.put(path.toString(), new TreeMap<>(attributes) + bytes);
            }
        }
        return all;
    }

    @Test
    void without_a_yes_not_a_byte_a_mode_or_a_time_changes() throws Exception {
        Map<String, String> before = everything();
        for (String answer : List.of("", "\n", "n\n", "yeah\n", "Y es\n")) {
            CommandResult result = doctor(answer, "--fix");
            assertThat(result.code()).as(result.err()).isEqualTo(1);
            assertThat(result.err())
                    .contains("chmod go-rw " + state.resolve("facts/open.key"), "rm " + state, "nothing was changed");
            assertThat(everything()).as(answer).isEqualTo(before);
        }
        assertThat(doctor("y\n").code()).isEqualTo(1);
        assertThat(everything()).as("without --fix").isEqualTo(before);
    }

    @Test
    void with_a_yes_each_change_is_made_and_its_probe_looks_again() throws Exception {
        CommandResult result = doctor("y\n", "--fix");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err())
                .contains("HOST-FILES-01 done: ", "HOST-FILES-01 looked again: pass", "HOST-RUN-01 looked again: pass");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("facts/open.key"))))
                .isEqualTo("rw-------");
        assertThat(state.resolve("facts/gone.db.run.json")).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(outside)))
                .as("what a link leads to")
                .isEqualTo("rw-rw-rw-");
        assertThat(doctor("", "--fix", "--yes").err()).contains("nothing that was refuted");
    }

    @Test
    void what_it_cannot_do_is_a_usage_error() throws Exception {
        TargetFixture remote = new TargetFixture(folder);
        CommandResult result =
                remote.doctor("--fix", "--yes", "--target", remote.closed().toString());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("over the network alone", "--state");
        assertThat(doctor("", "--yes").code()).isEqualTo(2);
        assertThat(CommandResult.of(folder, Map.of(), "", "doctor", "--fix", "--bundle", "out")
                        .err())
                .contains("mend first");
    }
}
