package bulwark.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration.Inspection;
import bulwark.kernel.config.Configuration.Schema;
import bulwark.kernel.config.Setting.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTableTest {
    private static final Schema SCHEMA = new SettingsTable("NODE_")
            .add("GRACE", Kind.DURATION, "30s", "time to drain")
            .add("HOST", Kind.TEXT, "127.0.0.1", "bind address")
            .choice("LOG", "local", "which log", "local", "rekor", "off")
            .onlyDefault("SANITIZER", "off", "what hostile text meets", "off", "warn", "block")
            .refused("EMBED", Kind.FLAG, "false", "vectors in recall")
            .refusedSecret("PG_DSN", "another database")
            .ignored("WEIGHT", Kind.NUMBER, ".35", "weight in a score")
            .ignoredSecret("CLOUD_KEY", "of another program")
            .schema((configuration, findings) -> {
                if (!Loopback.isLoopback(configuration.text("NODE_HOST"))) {
                    findings.refuse("NODE_HOST leaves the machine");
                }
            });

    @TempDir
    Path directory;

    @Test
    void a_duration_and_a_choice_are_checked_like_every_other_kind() {
        assertThat(inspect(Map.of("NODE_GRACE", "5 M")).configuration().duration("NODE_GRACE"))
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(inspect(Map.of("NODE_LOG", "REKOR")).configuration().text("NODE_LOG"))
                .isEqualTo("rekor");
        assertThat(inspect(Map.of("NODE_GRACE", "soon", "NODE_LOG", "s3")).problems())
                .containsExactlyInAnyOrder(
                        "NODE_GRACE (environment) must be a duration such as 250ms, 5s, 2m or 1h, of at most 36500 days, not \"soon\"",
                        "NODE_LOG (environment) must be one of local, rekor, off, not \"s3\"");
    }

    @Test
    void what_somebody_may_rely_on_is_refused_and_the_rest_is_warned_of() {
        Inspection inspection = inspect(Map.of(
                "NODE_SANITIZER",
                "warn",
                "NODE_EMBED",
                "1",
                "NODE_PG_DSN",
                "postgres://u:p@h/d",
                "NODE_WEIGHT",
                "0.5"));
        assertThat(inspection.problems())
                .containsExactlyInAnyOrder(
                        "NODE_SANITIZER is not supported yet: NODE_SANITIZER=warn would be ignored. Set it to off or leave it unset.",
                        "NODE_EMBED is not supported yet: NODE_EMBED=1 would be ignored. Set it to false or leave it unset.",
                        "NODE_PG_DSN is not supported yet: NODE_PG_DSN would be ignored. Leave it unset.");
        assertThat(inspection.configuration().warnings())
                .containsExactly("NODE_WEIGHT=0.5 has no effect in this version");
    }

    @Test
    void the_default_of_an_unsupported_setting_may_be_written_down() {
        Inspection inspection = inspect(
                Map.of("NODE_SANITIZER", "OFF", "NODE_EMBED", "no", "NODE_WEIGHT", "0.350", "NODE_GRACE", "30s"));
        assertThat(inspection.problems()).isEmpty();
        assertThat(inspection.configuration().warnings()).isEmpty();
    }

    @Test
    void an_ignored_secret_is_named_and_never_printed() {
        Inspection inspection = inspect(Map.of("NODE_CLOUD_KEY", "7e1b0c3f9a5d4e62"));
        assertThat(inspection.configuration().warnings())
                .containsExactly("NODE_CLOUD_KEY has no effect in this version");
        assertThat(EffectiveSetting.table(inspection.configuration().effective()))
                .noneMatch(line -> line.contains("7e1b"));
    }

    @Test
    void rules_and_support_are_reported_together() {
        assertThat(inspect(Map.of("NODE_HOST", "10.0.0.1", "NODE_EMBED", "1")).problems())
                .hasSize(2)
                .contains("NODE_HOST leaves the machine");
    }

    @Test
    void the_printed_table_has_name_value_source_and_purpose() {
        assertThat(EffectiveSetting.table(
                        inspect(Map.of("NODE_GRACE", "1m")).configuration().effective()))
                .first()
                .asString()
                .matches("NAME +VALUE +SOURCE +PURPOSE");
        assertThat(EffectiveSetting.table(
                        inspect(Map.of("NODE_GRACE", "1m")).configuration().effective()))
                .anyMatch(line -> line.matches("NODE_GRACE +1m +environment +time to drain"))
                .anyMatch(line -> line.matches("NODE_HOST +127.0.0.1 +default +bind address"))
                .noneMatch(line -> line.startsWith("NODE_WEIGHT"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "LOCALHOST", "127.0.0.1", "127.8.9.10", "::1", "[::1]", "0:0:0:0:0:0:0:1", "[0::1]"
            })
    void loopback_has_many_spellings(String host) {
        assertThat(Loopback.isLoopback(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com", "localhost.example.com", "127.0.0.999"
            })
    void names_and_addresses_beyond_the_machine_are_not_loopback(String host) {
        assertThat(Loopback.isLoopback(host)).isFalse();
    }

    private Inspection inspect(Map<String, String> environment) {
        return Configuration.inspect(SCHEMA, environment, directory);
    }
}
