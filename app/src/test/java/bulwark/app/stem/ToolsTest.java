package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that need no store. */
class ToolsTest {
    @TempDir
    Path folder;

    @Test
    void fresh_ed25519_keys_are_exactly_four_lines_of_settings() {
        CommandResult ran = stem("keygen", "ed25519");
        assertThat(ran.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("STEM_SIGNING_ALGORITHM=ed25519"),
                        line -> assertThat(line).matches("STEM_SIGNING_PUBLIC_KEYS=primary:[A-Za-z0-9+/]{43}="),
                        line -> assertThat(line).matches("STEM_SIGNING_PRIVATE_KEYS=primary:[A-Za-z0-9+/]{43}="),
                        line -> assertThat(line).isEqualTo("STEM_SIGNING_ACTIVE_KEY=primary"));
    }

    @Test
    void a_fresh_hmac_key_has_32_bytes_and_the_id_that_was_asked_for() {
        assertThat(stem("keygen", "hmac", "--id", "next").out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).matches("STEM_SIGNING_KEYS=next:[A-Za-z0-9+/]{43}="),
                        line -> assertThat(line).isEqualTo("STEM_SIGNING_ACTIVE_KEY=next"));
        assertThat(stem("keygen", "hmac", "--id", "a,b").code()).isEqualTo(64);
    }

    @Test
    void what_routing_dumps_can_be_read_again() throws Exception {
        String sample = stem("routing", "dump", "--sample").out();
        Files.writeString(folder.resolve("routing.yaml"), sample);
        Map<String, String> environment = Map.of("STEM_ROUTING_CONFIG", "routing.yaml");
        CommandResult dumped = CommandResult.stem(folder, environment, "routing", "dump");
        assertThat(dumped.code()).as(dumped.err()).isZero();
        Files.writeString(folder.resolve("routing.yaml"), dumped.out());
        CommandResult again = CommandResult.stem(folder, environment, "routing", "dump");
        assertThat(again.out()).isEqualTo(dumped.out()).contains("billing.*").contains("priority_override");
        assertThat(CommandResult.stem(folder, environment, "routing", "dump", "--json")
                        .out())
                .contains("\"default_queue\": {");
    }

    @Test
    void no_option_that_takes_a_url_takes_a_password() {
        for (String url : List.of(
                "redis://:geheim@localhost/0", "redis://user:ge/heim@localhost:6379", "REDISS://a:ge@heim@localhost")) {
            for (List<String> command : List.of(
                    List.of("health", "--backend", url),
                    List.of("health", "--broker", url),
                    List.of("worker", "status", "--backend", url),
                    List.of("worker", "ping", "--broker", url))) {
                CommandResult ran = stem(command.toArray(String[]::new));
                assertThat(ran.code()).as("%s", command).isEqualTo(64);
                assertThat(ran.err())
                        .contains("does not take a password on the command line", "_URL_FILE")
                        .doesNotContain("heim");
            }
        }
    }

    @Test
    void a_faulty_routing_file_is_named_with_its_faults() throws Exception {
        Files.writeString(folder.resolve("routing.yaml"), "routes: [{target: {}}]");
        CommandResult ran =
                CommandResult.stem(folder, Map.of("STEM_ROUTING_CONFIG", "routing.yaml"), "routing", "dump");
        assertThat(ran.code()).isEqualTo(64);
        assertThat(ran.err()).contains("routing.yaml").contains("routes[0].target.name is missing");
    }

    @Test
    void an_unknown_command_is_a_fault_of_usage() {
        assertThat(stem("enqueu").code()).isEqualTo(64);
        assertThat(stem("dlq", "list").code()).isEqualTo(64);
        assertThat(stem().out()).contains("enqueue");
    }

    @Test
    void commands_ignore_unknown_settings() {
        CommandResult ran =
                CommandResult.stem(folder, Map.of("STEM_BROKER_URLS", "x", "STEM_MADE_UP", "y"), "routing", "dump");
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).isEmpty();
    }

    private CommandResult stem(String... arguments) {
        return CommandResult.stem(folder, Map.of(), arguments);
    }
}
