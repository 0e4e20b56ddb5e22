package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Setting;
import bulwark.kernel.quota.Quotas.Limit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeSettingsTest {
    @TempDir
    Path directory;

    @Test
    void defaults_match_the_recorded_ones() throws Exception {
        String recorded;
        try (var in = NodeSettingsTest.class.getResourceAsStream("defaults.txt")) {
            recorded = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
        String actual = NodeSettings.schema().settings().stream()
                .map(s -> s.name() + " " + s.kind()
                        + (s.support() == Setting.Support.SUPPORTED ? "" : " " + s.support())
                        + (s.secret() ? " secret" : s.defaultValue() == null ? " unset" : " =" + s.defaultValue()))
                .sorted()
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(actual).isEqualTo(recorded);
    }

    @Test
    void names_are_unique_and_every_default_is_of_its_kind() {
        List<Setting> settings = NodeSettings.schema().settings();
        assertThat(settings).extracting(Setting::name).doesNotHaveDuplicates().allMatch(n -> n.startsWith("STIGMEM_"));
        Map<String, String> asGiven = settings.stream()
                .filter(s -> s.defaultValue() != null)
                .collect(Collectors.toMap(Setting::name, s -> String.valueOf(s.defaultValue())));
        assertThat(read(asGiven).warnings()).isEmpty();
    }

    @Test
    void the_node_binds_loopback_until_mutual_tls_is_configured() {
        assertThat(NodeSettings.host(read(Map.of()))).isEqualTo("127.0.0.1");
        Map<String, String> tls =
                Map.of("STIGMEM_TLS_CERT_PATH", "c", "STIGMEM_TLS_KEY_PATH", "k", "STIGMEM_TLS_CA_BUNDLE", "b");
        assertThat(NodeSettings.host(read(tls))).isEqualTo("0.0.0.0");
        assertThat(NodeSettings.host(read(Map.of("STIGMEM_HOST", "::1")))).isEqualTo("::1");
    }

    @Test
    void quota_limits_follow_the_hourly_ceilings_and_the_bursts() {
        Map<String, Limit> limits = NodeSettings.quotaLimits(read(Map.of()));
        assertThat(limits)
                .containsEntry("fact_write", new Limit(100, 1000 / 3600.0))
                .containsEntry("fact_read", new Limit(500, 5000 / 3600.0))
                .containsEntry("admin_action", new Limit(10, 1 / 6.0))
                .containsEntry("audit_export", new Limit(10_000, 167))
                .hasSize(7);
        assertThat(limits("50", "0"))
                .containsEntry("fact_write", new Limit(50, 50 / 3600.0))
                .doesNotContainKey("fact_read");
        assertThat(limits("0", "0")).isEmpty();
    }

    private Map<String, Limit> limits(String writes, String reads) {
        return NodeSettings.quotaLimits(
                read(Map.of("STIGMEM_RATE_LIMIT_WRITE_PER_HOUR", writes, "STIGMEM_RATE_LIMIT_READ_PER_HOUR", reads)));
    }

    private Configuration read(Map<String, String> environment) {
        return Configuration.read(NodeSettings.schema(), environment, directory);
    }
}
