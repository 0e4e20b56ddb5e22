package bulwark.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration.Inspection;
import bulwark.kernel.config.Configuration.Schema;
import bulwark.kernel.config.Setting.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlSettingsTest {
    @TempDir
    private Path folder;

    private Schema schema() {
        return new SettingsTable("X_")
                .add("PORT", Kind.PORT, "1", "a port")
                .add("TLS__PORT", Kind.PORT, "2", "another port")
                .add("TLS__SUITES", Kind.LIST, "", "suites")
                .add("ON", Kind.FLAG, "false", "a flag")
                .secret("TOKEN", "a secret")
                .schema(SettingRules.NONE)
                .withYamlFiles(Path.of("config.yaml"), folder.resolve("etc/config.yaml"));
    }

    private Inspection inspect(Map<String, String> environment) {
        return Configuration.inspect(schema(), environment, folder);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void nested_keys_are_names_with_two_underscores() throws IOException {
        write("config.yaml", "port: 80\nTls:\n  port: 443\n  suites: [a, b]\non: true\ntoken: hush-hush-hush\n");
        Inspection read = inspect(Map.of());
        assertThat(read.problems()).isEmpty();
        Configuration settings = read.configuration();
        assertThat(settings.port("X_PORT")).isEqualTo(80);
        assertThat(settings.port("X_TLS__PORT")).isEqualTo(443);
        assertThat(settings.list("X_TLS__SUITES")).containsExactly("a", "b");
        assertThat(settings.flag("X_ON")).isTrue();
        assertThat(settings.secret("X_TOKEN")).isPresent();
        assertThat(settings.effective()).anySatisfy(row -> {
            assertThat(row.name()).isEqualTo("X_TLS__PORT");
            assertThat(row.source()).isEqualTo("config.yaml");
        });
    }

    @Test
    void environment_wins_over_env_file_wins_over_yaml() throws IOException {
        write("config.yaml", "port: 3\ntls: {port: 3}\non: true\n");
        write(".env", "X_PORT=4\nX_TLS__PORT=4\n");
        Configuration settings = inspect(Map.of("X_PORT", "5")).configuration();
        assertThat(settings.port("X_PORT")).isEqualTo(5);
        assertThat(settings.port("X_TLS__PORT")).isEqualTo(4);
        assertThat(settings.flag("X_ON")).isTrue();
    }

    @Test
    void the_first_file_that_is_there_is_read() throws IOException {
        write("etc/config.yaml", "port: 7\n");
        assertThat(inspect(Map.of()).configuration().port("X_PORT")).isEqualTo(7);
        write("config.yaml", "{}");
        assertThat(inspect(Map.of()).configuration().port("X_PORT")).isEqualTo(1);
    }

    @Test
    void unknown_names_wrong_values_and_what_is_no_yaml_are_refused_by_name() throws IOException {
        write("config.yaml", "port: many\ntls:\n  prot: 1\n  suites: ['a,b']\n");
        assertThat(inspect(Map.of()).problems())
                .anySatisfy(p -> assertThat(p)
                        .isEqualTo("X_TLS__PROT in config.yaml is not a known setting; did you mean X_TLS__PORT?"))
                .anySatisfy(p -> assertThat(p).startsWith("X_PORT (config.yaml) must be a port"))
                .anySatisfy(p -> assertThat(p).startsWith("X_TLS__SUITES in config.yaml must be a list"));
        for (String text :
                new String[] {"a: b: c", "[1]", "port: 1\nport: 2", "port: 1\nPORT: 2", "a: !!java.net.URL [x]"}) {
            write("config.yaml", text);
            assertThat(inspect(Map.of()).problems()).as(text).isNotEmpty().allMatch(p -> p.contains("config.yaml"));
        }
    }

    @Test
    void secrets_in_a_file_that_others_can_read_are_refused() throws IOException {
        write("config.yaml", "token: hush-hush-hush\n");
        Files.setPosixFilePermissions(folder.resolve("config.yaml"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(inspect(Map.of()).problems())
                .singleElement()
                .asString()
                .contains("config.yaml holds secrets (X_TOKEN)", "chmod 600 config.yaml")
                .doesNotContain("hush");
    }
}
