package bulwark.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.config.Configuration.Schema;
import bulwark.kernel.config.Setting.Kind;
import bulwark.kernel.secrets.SecretAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
    private static final Schema SCHEMA = new Schema(
            "NODE_",
            List.of(
                    new Setting("NODE_DB_PATH", Kind.TEXT, "node.db", false, "store"),
                    new Setting("NODE_PORT", Kind.PORT, "8765", false, "port"),
                    new Setting("NODE_ADMIN_KEY", Kind.TEXT, null, true, "key"),
                    new Setting("NODE_AUTH_REQUIRED", Kind.FLAG, "true", false, "auth"),
                    new Setting("NODE_READ_PER_HOUR", Kind.COUNT, "5000", false, "reads"),
                    new Setting("NODE_WEIGHT", Kind.NUMBER, ".35", false, "weight"),
                    new Setting("NODE_ORIGINS", Kind.LIST, "", false, "origins"),
                    new Setting("NODE_REGEX", Kind.TEXT, null, false, "pattern")));
    private static final String KEY = "fe8b2d0f5c1f4a41b7f1f6a5f2f9c3f3a1d7e8b9c0d1e2f3a4b5c6d7e8f90123";

    @TempDir
    Path directory;

    @Test
    void defaults_hold_when_nothing_is_set() {
        Configuration configuration = read(Map.of());
        assertThat(configuration.text("NODE_DB_PATH")).isEqualTo("node.db");
        assertThat(configuration.port("NODE_PORT")).isEqualTo(8765);
        assertThat(configuration.flag("NODE_AUTH_REQUIRED")).isTrue();
        assertThat(configuration.count("NODE_READ_PER_HOUR")).isEqualTo(5000);
        assertThat(configuration.number("NODE_WEIGHT")).isEqualTo(.35);
        assertThat(configuration.list("NODE_ORIGINS")).isEmpty();
        assertThat(configuration.text("NODE_REGEX")).isEmpty();
        assertThat(configuration.secret("NODE_ADMIN_KEY")).isEmpty();
        assertThat(configuration.isSet("NODE_DB_PATH")).isFalse();
        assertThat(configuration.warnings()).isEmpty();
    }

    @Test
    void the_environment_wins_over_the_file_and_the_file_over_defaults() throws IOException {
        file("NODE_DB_PATH=file.db\nNODE_PORT=1\nOTHER=x\n", "rw-r--r--");
        Configuration configuration = read(Map.of("NODE_PORT", "2", "NODE_DB_PATH", ""));
        assertThat(configuration.text("NODE_DB_PATH")).isEqualTo("file.db");
        assertThat(configuration.port("NODE_PORT")).isEqualTo(2);
        assertThat(configuration.effective())
                .contains(
                        new EffectiveSetting("NODE_DB_PATH", "file.db", ".env", "store"),
                        new EffectiveSetting("NODE_PORT", "2", "environment", "port"),
                        new EffectiveSetting("NODE_WEIGHT", ".35", "default", "weight"),
                        new EffectiveSetting("NODE_REGEX", "", "unset", "pattern"));
    }

    @ParameterizedTest
    @CsvSource({"1,true", "0,false", "TRUE,true", "False,false", "yes,true", "No,false", "oN,true", "OFF,false"})
    void booleans_have_eight_spellings(String text, boolean value) {
        assertThat(read(Map.of("NODE_AUTH_REQUIRED", text)).flag("NODE_AUTH_REQUIRED"))
                .isEqualTo(value);
    }

    @Test
    void lists_drop_blanks() {
        assertThat(read(Map.of("NODE_ORIGINS", " a, ,b,")).list("NODE_ORIGINS")).containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource({
        "NODE_PORT,65536",
        "NODE_PORT,-1",
        "NODE_PORT,x",
        "NODE_AUTH_REQUIRED,maybe",
        "NODE_READ_PER_HOUR,1.5",
        "NODE_READ_PER_HOUR,9999999999999999999",
        "NODE_WEIGHT,NaN",
        "NODE_WEIGHT,1d",
        "NODE_WEIGHT,0x1p3"
    })
    void a_value_of_the_wrong_kind_is_refused(String name, String value) {
        assertThat(refused(Map.of(name, value)))
                .singleElement()
                .asString()
                .startsWith(name + " (environment) must be ");
    }

    @Test
    void all_problems_come_at_once() throws IOException {
        file("NODE_PROT=1\nNODE_ADMIN_KEY=" + KEY + "\nbroken\n", "rw-r--r--");
        assertThat(refused(Map.of("NODE_PORT", "x", "NODE_AUTH_REQUIERD", "0"))).hasSize(5);
    }

    @Test
    void a_file_with_secrets_that_others_can_read_is_refused() throws IOException {
        file("NODE_ADMIN_KEY=" + KEY + "\n", "rw-r-----");
        assertThat(refused(Map.of()))
                .containsExactly(
                        ".env holds secrets (NODE_ADMIN_KEY) and can be read by others than its owner: chmod 600 .env");
        file("NODE_ADMIN_KEY=" + KEY + "\n", "rw-------");
        assertThat(secret(read(Map.of()))).isEqualTo(KEY);
    }

    @Test
    void a_secret_can_lie_in_a_file_of_its_own() throws IOException {
        Path secret = write(directory.resolve("admin"), KEY + "\n", "rw-------");
        assertThat(secret(read(Map.of("NODE_ADMIN_KEY_FILE", "admin")))).isEqualTo(KEY);
        assertThat(secret(read(Map.of("NODE_ADMIN_KEY_FILE", secret.toString()))))
                .isEqualTo(KEY);
    }

    @Test
    void a_secret_file_that_is_exposed_empty_or_absent_is_refused() throws IOException {
        write(directory.resolve("open"), KEY, "rw-r--r--");
        write(directory.resolve("empty"), "\n", "rw-------");
        assertThat(refused(Map.of("NODE_ADMIN_KEY_FILE", "open")))
                .singleElement()
                .asString()
                .contains("chmod 600");
        assertThat(refused(Map.of("NODE_ADMIN_KEY_FILE", "empty")))
                .singleElement()
                .asString()
                .contains("is empty");
        assertThat(refused(Map.of("NODE_ADMIN_KEY_FILE", "gone")))
                .singleElement()
                .asString()
                .contains("is not a file");
    }

    @Test
    void a_secret_given_twice_is_refused() {
        assertThat(refused(Map.of("NODE_ADMIN_KEY", KEY, "NODE_ADMIN_KEY_FILE", "x")))
                .containsExactly("NODE_ADMIN_KEY and NODE_ADMIN_KEY_FILE are both set: keep one");
    }

    @Test
    void secrets_never_print() {
        Configuration configuration = read(Map.of("NODE_ADMIN_KEY", KEY));
        assertThat(configuration.effective())
                .contains(new EffectiveSetting("NODE_ADMIN_KEY", "[secret]", "environment", "key"));
        assertThat(String.join("", EffectiveSetting.table(configuration.effective())))
                .doesNotContain(KEY);
        assertThatThrownBy(() -> configuration.text("NODE_ADMIN_KEY")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_unknown_name_in_the_file_is_refused_with_the_nearest_name() throws IOException {
        file("NODE_DB_PTAH=x\nNODE_QWERTYUIOP=y\n", "rw-r--r--");
        assertThat(refused(Map.of()))
                .containsExactly(
                        "NODE_DB_PTAH in .env is not a known setting; did you mean NODE_DB_PATH?",
                        "NODE_QWERTYUIOP in .env is not a known setting");
    }

    @Test
    void an_unknown_name_in_the_environment_is_refused_when_near_and_warned_of_otherwise() {
        assertThat(refused(Map.of("NODE_AUTH_REQUIERD", "0")))
                .containsExactly(
                        "NODE_AUTH_REQUIERD in the environment is not a known setting; did you mean NODE_AUTH_REQUIRED?");
        assertThat(refused(Map.of("node_auth_required", "0")))
                .singleElement()
                .asString()
                .contains("NODE_AUTH_REQUIRED?");
        assertThat(read(Map.of("NODE_SOMETHING_ELSE", "1", "OTHER", "x")).warnings())
                .containsExactly("NODE_SOMETHING_ELSE in the environment is not a known setting and is ignored");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NODE_MAIN_SERVICE_HOST=10.0.0.1",
                "NODE_MAIN_SERVICE_PORT=8765",
                "NODE_MAIN_SERVICE_PORT_HTTP=8765",
                "NODE_MAIN_PORT=tcp://10.0.0.1:8765",
                "NODE_MAIN_PORT_8765_TCP=tcp://10.0.0.1:8765",
                "NODE_MAIN_PORT_8765_TCP_ADDR=10.0.0.1",
                "NODE_PORT=tcp://10.0.0.1:8765",
            })
    void what_an_orchestrator_injects_for_services_is_ignored(String injected) {
        String[] pair = injected.split("=", 2);
        Configuration configuration = read(Map.of(pair[0], pair[1]));
        assertThat(configuration.warnings()).isEmpty();
        assertThat(configuration.port("NODE_PORT")).isEqualTo(8765);
    }

    @Test
    void clients_are_never_refused() throws IOException {
        file("NODE_DB_PTAH=x\nNODE_PORT=y\nNODE_ADMIN_KEY=" + KEY + "\n", "rw-r--r--");
        Configuration configuration = Configuration.readLenient(SCHEMA, Map.of("NODE_AUTH_REQUIERD", "0"), directory);
        assertThat(configuration.port("NODE_PORT")).isEqualTo(8765);
        assertThat(configuration.secret("NODE_ADMIN_KEY")).isEmpty();
        assertThat(configuration.warnings()).hasSize(2).allMatch(w -> w.endsWith("(ignored)"));
        assertThat(configuration.unusableSecrets()).singleElement().asString().contains("NODE_ADMIN_KEY", "chmod 600");
    }

    @Test
    void a_name_outside_the_schema_is_a_programming_error() {
        assertThatThrownBy(() -> read(Map.of()).text("NODE_NOPE")).isInstanceOf(IllegalArgumentException.class);
    }

    private Configuration read(Map<String, String> environment) {
        return Configuration.read(SCHEMA, environment, directory);
    }

    private List<String> refused(Map<String, String> environment) {
        return catchThrowableOfType(ConfigurationRefused.class, () -> read(environment))
                .sentences();
    }

    private static String secret(Configuration configuration) {
        return configuration.secret("NODE_ADMIN_KEY").orElseThrow().exposeText(SecretAccess.grant());
    }

    private void file(String text, String mode) throws IOException {
        write(directory.resolve(".env"), text, mode);
    }

    private static Path write(Path file, String text, String mode) throws IOException {
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void a_near_miss_of_a_name_without_the_prefix_is_an_error_wherever_it_stands() throws IOException {
        Schema schema = new SettingsTable("NODE_")
                .named(new Setting("SIGNING_SECRET", Kind.TEXT, null, true, "a secret of another convention"))
                .schema(SettingRules.NONE);
        file("SIGNING_SECERT=" + KEY + "\nOTHER_NAME=x\n", "rw-------");

        assertThat(Configuration.inspect(schema, Map.of("SIGNING_SECRETS", KEY, "HOME", "/root"), directory)
                        .problems())
                .containsExactly(
                        "SIGNING_SECERT in .env is not a known setting; did you mean SIGNING_SECRET?",
                        "SIGNING_SECRETS in the environment is not a known setting; did you mean SIGNING_SECRET?");
    }

    @Test
    void a_file_of_another_user_holds_no_secret() throws IOException {
        file("NODE_ADMIN_KEY=" + KEY + "\n", "rw-------");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"));
        Files.setAttribute(directory.resolve(".env"), "unix:uid", 65_534);

        assertThat(Configuration.inspect(SCHEMA, Map.of(), directory).problems())
                .singleElement()
                .asString()
                .contains("NODE_ADMIN_KEY", "its owner");
    }
}
