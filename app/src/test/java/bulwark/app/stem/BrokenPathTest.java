package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.kernel.config.Setting;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.tasks.setup.TaskSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever lies where a setting of a worker or beat points, the refusal names the setting and says what to do. */
@Timeout(60)
class BrokenPathTest {
    private static final String JUNK = "{]This is none of it.\n".repeat(20);
    private static final String REMEDY =
            "(?s).*(check|[Nn]ame another|restore|put |chmod|swapped|it must be PEM|correct it|must hold|must map).*";

    @TempDir
    Path folder;

    /** The settings that hold one path, and those whose URL may hold one. */
    static Stream<String> paths() {
        return TaskSettings.schema().settings().stream()
                .filter(setting -> setting.kind() == Setting.Kind.PATH)
                .map(Setting::name);
    }

    @ParameterizedTest
    @MethodSource("paths")
    void a_file_of_something_else_is_refused_by_the_name_of_its_setting(String setting) throws IOException {
        Path broken = Files.writeString(folder.resolve("broken"), JUNK);
        assertRefused(setting, broken, broken.toString());
        assertThat(broken).hasContent(JUNK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"STEM_BROKER_URL", "STEM_RESULT_BACKEND_URL", "STEM_SCHEDULE_STORE_URL", "STEM_REVOKE_STORE_URL"
            })
    void a_file_that_is_no_store_is_refused_by_the_name_of_its_setting(String setting) throws IOException {
        Path broken = Files.writeString(folder.resolve("broken"), JUNK);
        assertRefused(setting, broken, "sqlite:" + broken);
        assertThat(broken).hasContent(JUNK);
        Path below = broken.resolve("tasks.db");
        assertRefused(setting, below, "sqlite:" + below);
    }

    private void assertRefused(String setting, Path broken, String value) {
        Map<String, String> settings = new HashMap<>(Map.of("STEM_ALLOW_UNSIGNED", "true"));
        if (setting.startsWith("STEM_TLS_")) {
            settings.put("STEM_BROKER_URL", "rediss://localhost:1");
        }
        if (setting.startsWith("STEM_TLS_CLIENT_")) {
            Path made = folder.resolve("tls");
            CertificateAuthority.openOrCreate(made, "Test CA", Clock.systemUTC())
                    .issue("client", "stem://client", List.of(), Duration.ofDays(1));
            settings.put("STEM_TLS_CLIENT_CERT", made.resolve("client.crt").toString());
            settings.put("STEM_TLS_CLIENT_KEY", made.resolve("client.key").toString());
        }
        settings.put(setting, value);
        for (List<String> command : commands(setting)) {
            CommandResult ran = CommandResult.stem(folder, settings, command.toArray(String[]::new));
            assertThat(ran.code()).as(ran.err()).isIn(64, 70);
            assertThat(ran.err())
                    .contains(setting, broken.toString())
                    .matches(REMEDY)
                    .doesNotContain("\tat ");
        }
    }

    /** Those that need what the setting names. */
    private static List<List<String>> commands(String setting) {
        List<String> worker = List.of("worker", "start");
        List<String> beat = List.of("beat", "--once");
        return switch (setting) {
            case "STEM_EXEC_FILE", "STEM_HEAD_PATH", "STEM_STATE_DIR" -> List.of(worker);
            case "STEM_SCHEDULE_FILE" -> List.of(beat);
            default -> List.of(worker, beat);
        };
    }
}
