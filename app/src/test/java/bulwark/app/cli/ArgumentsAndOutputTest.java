package bulwark.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.app.up.SelfCommandLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every command line does with its words: those that come in, and those that go out. */
class ArgumentsAndOutputTest {
    private static final Map<String, String> KEYS =
            Map.of("STEM_SIGNING_KEYS", "k:" + freshKey(), "STEM_SIGNING_ACTIVE_KEY", "k");

    private static String freshKey() {
        byte[] key = new byte[32];
        new Random().nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    @TempDir
    Path folder;

    @Test
    void arguments_are_utf_8_in_a_locale_that_is_not() throws Exception {
        List<String> command = SelfCommandLine.commandLine(List.of("stem", "keygen", "hmac", "--no-Zoë"));

        assertThat(run(command)).contains("--no-Zoë");
    }

    @Test
    void an_argument_that_is_no_utf_8_is_refused() throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", "-c", "\"$0\" \"$@\" $'\\xff'; echo \"ended with $?\""));
        command.addAll(SelfCommandLine.commandLine(List.of("stem", "keygen", "hmac", "--id")));

        assertThat(run(command)).contains("is not UTF-8", "ended with 64").doesNotContain("STEM_SIGNING_KEYS=");
    }

    private String run(List<String> command) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    @Test
    void what_the_launcher_could_not_decode_is_read_again() throws IOException {
        Path line = folder.resolve("cmdline");
        Files.write(line, "java\0Main\0Zoë\0plain\0".getBytes(StandardCharsets.UTF_8));

        assertThat(ProcessArguments.read(new String[] {"Zo\uFFFD\uFFFD", "plain"}, line))
                .containsExactly("Zoë", "plain");
        assertThat(ProcessArguments.read(new String[] {"Zo\uFFFD"}, folder.resolve("absent")))
                .containsExactly("Zo\uFFFD");
        Files.write(line, new byte[] {'a', 0, (byte) 0xff, 0});
        assertThat(ProcessArguments.read(new String[] {"\uFFFD"}, line)).noneMatch(ProcessArguments::isText);
    }

    @Test
    void a_file_of_arguments_that_is_not_there_is_a_sentence_with_the_option() {
        CommandResult refused = CommandResult.stem(folder, KEYS, "enqueue", "demo.echo", "--args", "@absent");
        assertThat(refused.code()).isEqualTo(64);
        assertThat(refused.err())
                .contains("--args @absent cannot be read", "does not exist", "or - for standard input")
                .doesNotContain("NoSuchFileException");
    }

    @Test
    void a_file_of_arguments_never_becomes_options() throws IOException {
        Files.writeString(folder.resolve("args"), "{}\n--queue\nother\n");
        CommandResult refused = CommandResult.stem(folder, KEYS, "enqueue", "demo.echo", "--args", "@args");
        assertThat(refused.code()).isEqualTo(64);
        assertThat(refused.err()).contains("--args is no JSON");

        Files.writeString(folder.resolve("args"), "{\"name\": \"Zoë\"}\n");
        CommandResult sent = CommandResult.stem(folder, KEYS, "enqueue", "demo.echo", "--args", "@args");
        assertThat(sent.code()).as(sent.err()).isZero();
        assertThat(CommandResult.stem(folder, KEYS, "@args").code()).isEqualTo(64);
    }

    @Test
    void bytes_that_are_no_utf_8_are_refused_and_not_replaced() throws IOException {
        Files.write(folder.resolve("args"), new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});

        CommandResult refused = CommandResult.stem(folder, KEYS, "enqueue", "demo.echo", "--args", "@args");

        assertThat(refused.code()).isEqualTo(64);
        assertThat(refused.err()).contains("--args @args is not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stem keygen hmac", "stigmem --help", "stoa --help", "seat-manager --help", "--help"})
    void what_could_not_be_written_is_a_failure(String command) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        OutputStream full = new OutputStream() {
            @Override
            public void write(int each) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        CommandContext context = new CommandContext(
                Map.of(),
                folder,
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(full, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Clock.systemUTC());

        int code = CommandResult.run(context, command.split(" "));

        assertThat(code).isNotZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("standard output could not be written");
    }

    @Test
    void keys_that_others_can_read_are_refused_and_nothing_goes_out_unsigned() throws IOException {
        Path file = folder.resolve(".env");
        Files.writeString(file, "STEM_SIGNING_KEYS=" + KEYS.get("STEM_SIGNING_KEYS") + "\nSTEM_SIGNING_ACTIVE_KEY=k\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        CommandResult refused = CommandResult.stem(folder, Map.of(), "enqueue", "demo.echo");

        assertThat(refused.code()).isEqualTo(64);
        assertThat(refused.err()).contains("chmod 600 .env");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(CommandResult.stem(folder, Map.of(), "enqueue", "demo.echo").code())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "enqueue demo.echo --priority 10",
                "enqueue demo.echo --priority=-1",
                "enqueue demo.echo --priority 99999999999",
                "enqueue demo.echo --max-retries=-1",
                "enqueue demo.echo --countdown 99999999999d",
                "dlq list --offset=-1",
                "dlq list --limit 0",
                "worker start --concurrency 0"
            })
    void a_number_out_of_range_is_a_sentence_that_names_its_option(String command) {
        CommandResult refused = CommandResult.stem(folder, KEYS, command.split(" "));

        assertThat(refused.code()).isEqualTo(64);
        String option = command.replaceAll(".*(--[a-z-]+).*", "$1");
        assertThat(refused.err()).contains(option).doesNotContain("Exception", "\tat ");
    }
}
