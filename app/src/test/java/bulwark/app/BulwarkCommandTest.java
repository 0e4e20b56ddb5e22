package bulwark.app;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.SecretOption;
import bulwark.app.up.SelfCommandLine;
import bulwark.kernel.error.CommandFailed;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BulwarkCommandTest {
    @TempDir
    Path folder;

    @Test
    void every_command_and_every_group_answers_help() {
        List<String> silent = new ArrayList<>();
        for (List<String> path : paths(line(), List.of())) {
            List<String> arguments = new ArrayList<>(path);
            arguments.add("--help");
            StringWriter out = new StringWriter();
            CommandLine line = line().setOut(new PrintWriter(out));
            int code = line.execute(arguments.toArray(String[]::new));
            if (code != 0 || !out.toString().startsWith("Usage: ")) {
                silent.add(String.join(" ", path) + " (exit code " + code + ")");
            }
        }
        assertThat(silent).isEmpty();
    }

    /** Of every command that has the option; it starts nothing. */
    @Test
    void every_service_prints_its_settings_with_value_source_and_purpose() {
        List<List<String>> services = services(line(), List.of());
        assertThat(services).contains(List.of("stigmem-node"), List.of("stem"), List.of("stoa", "gateway"));
        for (List<String> path : services) {
            List<String> arguments = new ArrayList<>(path);
            arguments.add("--show-config");
            CommandResult ran = CommandResult.of(folder, Map.of(), "", arguments.toArray(String[]::new));
            assertThat(ran.out().lines().findFirst().orElse(""))
                    .as(path + ran.err())
                    .matches("NAME +VALUE +SOURCE +PURPOSE");
            assertThat(ran.out().lines().filter(row -> row.matches("[A-Z_]+ .* default +\\S.*")))
                    .as(path.toString())
                    .hasSizeGreaterThan(10);
        }
    }

    @Test
    void a_secret_on_the_command_line_is_refused_with_the_setting_that_takes_it() throws Exception {
        InputStream in = new ByteArrayInputStream("the-key\n".getBytes(StandardCharsets.UTF_8));
        assertThat(SecretOption.read("--api-key", "-", in, "STIGMEM_API_KEY")).contains("the-key");
        assertThat(SecretOption.read("--api-key", null, in, "STIGMEM_API_KEY")).isEmpty();
        Assertions.assertThatThrownBy(() -> SecretOption.read("--api-key", "0123456789abcdef", in, "STIGMEM_API_KEY"))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("set STIGMEM_API_KEY or STIGMEM_API_KEY_FILE")
                .hasMessageNotContaining("0123456789abcdef");
    }

    /** What {@code jcmd} does first, on a child that is started like every child of {@code up}. */
    @Test
    void a_child_of_this_program_cannot_be_attached_to() throws Exception {
        List<String> command = SelfCommandLine.commandLine(List.of("stem", "worker", "start"));
        assertThat(command).contains("-XX:+DisableAttachMechanism");
        Process child = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("child.log").toFile())
                .start();
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(child.pid()),
                            "ManagementAgent.start",
                            "jmxremote.port=0")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("jcmd.log").toFile())
                    .start();
            assertThat(jcmd.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(child.isAlive()).isTrue();
            assertThat(jcmd.exitValue()).isNotZero();
        } finally {
            child.destroy();
            child.waitFor(30, TimeUnit.SECONDS);
            child.destroyForcibly();
        }
    }

    private static CommandLine line() {
        return BulwarkCommand.tree(CommandContext.ofProcess()).line();
    }

    private static List<List<String>> services(CommandLine line, List<String> here) {
        List<List<String>> services = new ArrayList<>();
        if (line.getCommandSpec().findOption("--show-config") != null) {
            services.add(here);
        }
        line.getSubcommands().forEach((name, command) -> {
            List<String> below = new ArrayList<>(here);
            below.add(name);
            services.addAll(services(command, below));
        });
        return services;
    }

    private static List<List<String>> paths(CommandLine line, List<String> here) {
        List<List<String>> paths = new ArrayList<>(List.of(here));
        line.getSubcommands().forEach((name, command) -> {
            List<String> below = new ArrayList<>(here);
            below.add(name);
            paths.addAll(paths(command, below));
        });
        return paths;
    }
}
