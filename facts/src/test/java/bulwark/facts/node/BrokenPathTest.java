package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.kernel.config.Setting;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.signing.CertificateAuthority;
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

/** Whatever lies where a setting of the node points, the refusal names the setting and says what to do. */
@Timeout(60)
class BrokenPathTest {
    private static final String REMEDY =
            "(?s).*([Cc]heck|[Nn]ame another|[Rr]estore|put |replace|it must be PEM|swapped).*";

    @TempDir
    Path folder;

    /** A log of something else beside a new store is found when the first heads are written into it, and then health says so. */
    static Stream<String> filesThatAreReadAtStart() {
        return paths().filter(setting -> !setting.equals("STIGMEM_TL_LOCAL_PATH"));
    }

    static Stream<String> paths() {
        return NodeSettings.schema().settings().stream()
                .filter(setting -> setting.kind() == Setting.Kind.PATH)
                .map(Setting::name);
    }

    @ParameterizedTest
    @MethodSource("filesThatAreReadAtStart")
    void a_file_of_something_else_is_refused_by_the_name_of_its_setting(String setting) throws IOException {
        Path broken = Files.writeString(folder.resolve("broken"), "This is none of it.\n".repeat(20));
        assertThat(refusal(setting, broken))
                .contains(setting, broken.toString())
                .matches(REMEDY);
        assertThat(broken).hasContent("This is none of it.\n".repeat(20));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void a_folder_in_place_of_a_file_is_refused_by_the_name_of_its_setting(String setting) throws IOException {
        Path broken = Files.createDirectory(folder.resolve("broken"));
        assertThat(refusal(setting, broken))
                .contains(setting, broken.toString())
                .matches(REMEDY);
    }

    private String refusal(String setting, Path broken) {
        Map<String, String> settings = new HashMap<>(
                Map.of("STIGMEM_DB_PATH", "facts.db", "STIGMEM_PORT", "0", "STIGMEM_LOCAL_HTTP_PORT", "0"));
        if (setting.startsWith("STIGMEM_TLS_")) {
            settings.putAll(tls());
        }
        settings.put(setting, broken.toString());
        OperatorError refused = catchThrowableOfType(
                OperatorError.class,
                () -> FactsNode.start(settings, folder, Clock.systemUTC()).close());
        return String.join("\n", refused.sentences());
    }

    private Map<String, String> tls() {
        Path made = folder.resolve("tls");
        CertificateAuthority.openOrCreate(made, "Test CA", Clock.systemUTC())
                .issue("node", "https://localhost:8765", List.of("localhost"), Duration.ofDays(1));
        return Map.of(
                "STIGMEM_NODE_URL", "https://localhost:8765",
                "STIGMEM_TLS_CERT_PATH", made.resolve("node.crt").toString(),
                "STIGMEM_TLS_KEY_PATH", made.resolve("node.key").toString(),
                "STIGMEM_TLS_CA_BUNDLE", made.resolve("ca.crt").toString());
    }
}
