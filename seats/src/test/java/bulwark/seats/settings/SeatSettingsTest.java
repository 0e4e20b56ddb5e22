package bulwark.seats.settings;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeatSettingsTest {
    private static final String SESSION = "8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236d";
    private static final String STEP_UP = "d3d9446802a44259755d38e6d163e820a87ff679a2f3e71d9181a67b7542122c";

    @TempDir
    Path folder;

    @Test
    void two_secrets_and_a_store_are_enough_and_unset_means_production() {
        Configuration.Inspection inspection = inspect(Map.of());

        assertThat(inspection.problems()).isEmpty();
        assertThat(Profile.of(inspection.configuration())).isEqualTo(Profile.PRODUCTION);
        assertThat(inspection.configuration().flag("SEAT_MANAGER_SECURE_COOKIES"))
                .isTrue();
    }

    @Test
    void a_fork_version_of_a_public_network_is_refused_by_the_networks_name() {
        assertThat(inspect(Map.of("SEAT_MANAGER_GENESIS_FORK_VERSION", "0x00000286"))
                        .problems())
                .isEmpty();
        assertThat(inspect(Map.of("SEAT_MANAGER_GENESIS_FORK_VERSION", "0x01017000"))
                        .problems())
                .singleElement()
                .asString()
                .contains("SEAT_MANAGER_GENESIS_FORK_VERSION", "Holesky");
        assertThat(inspect(Map.of("SEAT_MANAGER_GENESIS_FORK_VERSION", "286")).problems())
                .singleElement()
                .asString()
                .contains("8 hexadecimal digits");
        assertThat(inspect(Map.of("SEAT_MANAGER_VERIFY_DEPOSIT_SIGNATURE", "false"))
                        .problems())
                .isNotEmpty();
    }

    @Test
    void every_fault_is_reported_in_one_run_and_no_value_is_shown() throws IOException {
        Files.writeString(folder.resolve(".env"), "SEAT_MANAGER_PROT=1\nDATABASE_URI=x\nADMIN_TOKEN=tooshort\n");
        Files.setPosixFilePermissions(folder.resolve(".env"), PosixFilePermissions.fromString("rw-r--r--"));
        Map<String, String> environment = new HashMap<>();
        environment.put("SESSION_HMAC_SECRET", "abc");
        environment.put("STEP_UP_HMAC_SECRET", "");
        environment.put("SEAT_MANAGER_PORT", "ninety");
        environment.put("SEAT_MANAGER_HOST", "0.0.0.0");
        environment.put("SEAT_MANAGER_STEP_UP_TTL_SECONDS", "5");
        environment.put("SEAT_MANAGER_WRITES_ENABLED", "true");
        environment.put("SEAT_MANAGER_STATIC_ADMIN_TOKEN_SUNSET", "soon");

        List<String> problems = Configuration.inspect(SeatSettings.schema(), environment, folder)
                .problems();

        assertThat(problems)
                .anyMatch(p -> p.startsWith("SEAT_MANAGER_PROT in .env"))
                .anyMatch(p -> p.contains("DATABASE_URI") && p.contains("DATABASE_URL"))
                .anyMatch(p -> p.contains("ADMIN_TOKEN") && p.contains("chmod 600"))
                .anyMatch(p -> p.startsWith("SESSION_HMAC_SECRET must be 64"))
                .anyMatch(p -> p.startsWith("STEP_UP_HMAC_SECRET is missing or empty"))
                .anyMatch(p -> p.startsWith("DATABASE_URL is missing"))
                .anyMatch(p -> p.startsWith("SEAT_MANAGER_PORT"))
                .anyMatch(p -> p.startsWith("SEAT_MANAGER_HOST"))
                .anyMatch(p -> p.startsWith("SEAT_MANAGER_STEP_UP_TTL_SECONDS"))
                .anyMatch(p -> p.startsWith("SEAT_MANAGER_WRITES_ENABLED needs SEAT_MANAGER_EL_RPC_URLS"))
                .anyMatch(p -> p.startsWith("SEAT_MANAGER_STATIC_ADMIN_TOKEN_SUNSET"))
                .hasSize(11)
                .noneMatch(p -> p.contains("tooshort"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            one=https://a.example/KEY                                     | must name 2 to 10 clients
            one=https://a.example/KEY,one=https://b.example/KEY           | has the label of another
            one=https://a.example/KEY,two=https://a.example/KEY           | is the address of another
            one=https://a.example/KEY,https://b.example/KEY               | must be label=https
            One=https://a.example/KEY,two=https://b.example/KEY           | must be label=https
            one=https://a.example/KEY,two=ws://b.example/KEY              | must be label=https
            one=https://u:KEY@a.example/,two=https://b.example/KEY        | has a user in its address
            """)
    void endpoints_that_cannot_contradict_each_other_are_refused_and_never_shown(String value, String sentence) {
        List<String> problems = inspect(Map.of(
                        "SEAT_MANAGER_EL_RPC_URLS",
                        value,
                        "SEAT_MANAGER_NETWORK_FILE",
                        "network.json",
                        "SEAT_MANAGER_NETWORK_FILE_SHA256",
                        "ab".repeat(32)))
                .problems();
        assertThat(problems)
                .allMatch(problem -> problem.startsWith("SEAT_MANAGER_EL_RPC_URLS"))
                .anyMatch(problem -> problem.contains(sentence))
                .noneMatch(problem -> problem.contains("KEY") || problem.contains("a.example"));
    }

    @Test
    void endpoints_need_a_network_file_and_its_digest_and_may_lie_in_a_file_of_their_own() throws IOException {
        Map<String, String> settings = new HashMap<>();
        Path file = folder.resolve("endpoints");
        Files.writeString(file, "one=https://a.example/KEY,two=https://b.example/KEY\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        settings.put("SEAT_MANAGER_EL_RPC_URLS_FILE", "endpoints");
        assertThat(inspect(settings).problems())
                .singleElement()
                .asString()
                .contains("SEAT_MANAGER_EL_RPC_URLS needs SEAT_MANAGER_NETWORK_FILE");
        settings.put("SEAT_MANAGER_NETWORK_FILE", "network.json");
        assertThat(inspect(settings).problems()).singleElement().asString().contains("go together");
        settings.put("SEAT_MANAGER_NETWORK_FILE_SHA256", "nonsense");
        assertThat(inspect(settings).problems()).singleElement().asString().contains("64 hexadecimal digits");
        settings.put("SEAT_MANAGER_NETWORK_FILE_SHA256", "ab".repeat(32));
        Configuration.Inspection sound = inspect(settings);
        assertThat(sound.problems()).isEmpty();
        assertThat(sound.configuration().effective().toString()).doesNotContain("KEY");
        settings.put("SEAT_MANAGER_MAX_HEAD_AGE_SECONDS", "0");
        assertThat(inspect(settings).problems()).singleElement().asString().startsWith("SEAT_MANAGER_MAX_HEAD_AGE");
    }

    @Test
    void plain_http_beyond_this_machine_draws_a_warning_by_label() {
        Map<String, String> settings = Map.of(
                "SEAT_MANAGER_EL_RPC_URLS", "near=http://127.0.0.1:1/,far=http://10.0.0.1:1/KEY",
                "SEAT_MANAGER_NETWORK_FILE", "network.json",
                "SEAT_MANAGER_NETWORK_FILE_SHA256", "ab".repeat(32));
        assertThat(inspect(settings).configuration().warnings())
                .singleElement()
                .asString()
                .contains("reaches far over plain HTTP")
                .doesNotContain("KEY");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236",
                "zf14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236d",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            })
    void a_secret_that_is_short_no_number_or_not_random_is_refused_by_its_name(String secret) {
        for (String name : List.of("SESSION_HMAC_SECRET", "STEP_UP_HMAC_SECRET")) {
            assertThat(inspect(Map.of(name, secret)).problems())
                    .singleElement()
                    .asString()
                    .startsWith(name)
                    .doesNotContain(secret);
        }
    }

    @Test
    void one_value_for_both_secrets_is_refused_in_either_case() {
        assertThat(inspect(Map.of("STEP_UP_HMAC_SECRET", SESSION.toUpperCase(java.util.Locale.ROOT)))
                        .problems())
                .singleElement()
                .asString()
                .contains("the same value");
    }

    @Test
    void a_secret_may_lie_in_a_file_of_its_own_that_nobody_else_reads() throws IOException {
        Path file = folder.resolve("session");
        Files.writeString(file, SESSION + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Map<String, String> pointing = Map.of("SESSION_HMAC_SECRET", "", "SESSION_HMAC_SECRET_FILE", "session");
        assertThat(inspect(pointing).problems()).isEmpty();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(inspect(pointing).problems())
                .singleElement()
                .asString()
                .startsWith("SESSION_HMAC_SECRET_FILE")
                .contains("chmod 600");
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://csm:hunter2@db/csm, sslmode=verify-full",
        "postgres://csm:hunter2@127.0.0.1/csm?schema=UPPER, must name a schema",
        "postgresql://csm:hunter2@127.0.0.1/csm?pgbouncer=true, a parameter that is not known",
        "postgresql://:hunter2@127.0.0.1/csm, names no user",
        "postgresql://csm:hunter2%zz@127.0.0.1/csm, is not a URL",
        "mysql://hunter2@db, names no store",
        "seats.db, names no store",
        "sqlite:, names no store",
        "sqlite:///x?mode=rw, must name a file",
    })
    void a_database_that_cannot_be_used_is_refused_by_name_and_not_shown(String url, String expected) {
        assertThat(inspect(Map.of("DATABASE_URL", url)).problems())
                .singleElement()
                .asString()
                .startsWith("DATABASE_URL")
                .contains(expected)
                .doesNotContain("hunter2");
    }

    @Test
    void a_url_of_the_owner_goes_with_a_database_alone() {
        String owner = "postgresql://owner:hunter2@127.0.0.1/csm";
        Map<String, String> both = Map.of(
                "DATABASE_URL",
                "postgresql://csm:hunter2@127.0.0.1/csm?schema=seats",
                "SEAT_MANAGER_DATABASE_MIGRATION_URL",
                owner);
        assertThat(inspect(both).problems()).isEmpty();
        assertThat(inspect(Map.of("SEAT_MANAGER_DATABASE_MIGRATION_URL", owner)).problems())
                .singleElement()
                .asString()
                .startsWith("SEAT_MANAGER_DATABASE_MIGRATION_URL is of use beside a postgresql:// URL");
        assertThat(inspect(Map.of("SEAT_MANAGER_DATABASE_MIGRATION_URL", "sqlite:hunter2.db"))
                        .problems())
                .singleElement()
                .asString()
                .contains("must be a postgresql:// URL")
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({"NODE_ENV,test", "SEAT_MANAGER_ENV,test", "NODE_ENV,prod"})
    void no_variable_switches_controls_off_for_tests(String name, String value) {
        assertThat(inspect(Map.of(name, value)).problems())
                .singleElement()
                .asString()
                .startsWith(name);
    }

    @Test
    void node_env_counts_where_the_own_profile_is_unset() {
        assertThat(Profile.of(inspect(Map.of("NODE_ENV", "development")).configuration()))
                .isEqualTo(Profile.DEVELOPMENT);
        assertThat(Profile.of(inspect(Map.of("NODE_ENV", "development", "SEAT_MANAGER_ENV", "staging"))
                        .configuration()))
                .isEqualTo(Profile.STAGING);
    }

    @Test
    void a_treasury_whose_key_everybody_has_is_refused_outside_of_development() {
        Map<String, String> published =
                Map.of("SEAT_MANAGER_TREASURY_ADDRESS", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
        assertThat(inspect(published).problems())
                .singleElement()
                .asString()
                .startsWith("SEAT_MANAGER_TREASURY_ADDRESS is");
        Map<String, String> development = new HashMap<>(published);
        development.put("SEAT_MANAGER_ENV", "development");
        assertThat(inspect(development).problems()).isEmpty();
    }

    /** A key of a treasury is the signer's alone: this service loads none, however it is handed over. */
    @ParameterizedTest
    @ValueSource(strings = {"SEAT_MANAGER_OWNER_PRIVATE_KEY", "SEAT_MANAGER_DEPOSITOR_PRIVATE_KEY"})
    void a_key_of_the_treasury_is_refused(String name) {
        String key = "0x8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63";
        assertThat(inspect(Map.of(name, key)).problems())
                .singleElement()
                .asString()
                .startsWith(name)
                .doesNotContain("8f2a5594");
    }

    @Test
    void a_static_token_without_an_end_draws_a_warning_in_production() {
        Map<String, String> token = Map.of("ADMIN_TOKEN", STEP_UP.substring(0, 40));
        assertThat(inspect(token).configuration().warnings())
                .singleElement()
                .asString()
                .contains("has no end");
    }

    @Test
    void whatever_needs_a_chain_or_a_signer_is_refused_by_its_name() {
        for (Setting setting : SeatSettings.schema().settings()) {
            if (setting.support() == Setting.Support.REFUSED && setting.kind() != Setting.Kind.CHOICE) {
                String other = switch (setting.kind()) {
                    case FLAG -> "true".equals(setting.defaultValue()) ? "false" : "true";
                    case COUNT -> "7";
                    default -> "something";
                };
                assertThat(inspect(Map.of(setting.name(), other)).problems())
                        .as(setting.name())
                        .singleElement()
                        .asString()
                        .startsWith(setting.name() + " is not supported yet");
            }
        }
    }

    private Configuration.Inspection inspect(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "SESSION_HMAC_SECRET", SESSION, "STEP_UP_HMAC_SECRET", STEP_UP, "DATABASE_URL", "sqlite:seats.db"));
        environment.putAll(more);
        return Configuration.inspect(SeatSettings.schema(), environment, folder);
    }
}
