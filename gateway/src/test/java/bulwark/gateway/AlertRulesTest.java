package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictYaml;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.testkit.PrometheusRules;
import bulwark.testkit.SharedMaterial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The alerts that are shipped: Prometheus reads them, their own tests hold, and each speaks of what the gateway exports. */
class AlertRulesTest {
    private static final Path DEPLOY = SharedMaterial.repository().resolve("deploy");
    private static final PrometheusRules RULES = new PrometheusRules(
            "stoa|bulwark",
            GatewayMetrics.ALL.stream()
                    .collect(Collectors.toMap(MetricDescription::scrapedName, MetricDescription::labels, (a, b) -> a)));

    @TempDir
    private Path folder;

    private static JsonNode yaml(String file) throws Exception {
        return StrictYaml.parse(Files.readString(DEPLOY.resolve(file)), 1 << 20);
    }

    @Test
    void prometheus_reads_the_rules_and_their_own_tests_hold() throws Exception {
        assertThat(PrometheusRules.run(DEPLOY.resolve("prometheus"), "promtool", "check", "rules", "rules.yml"))
                .startsWith("0 ");
        assertThat(PrometheusRules.run(DEPLOY.resolve("prometheus"), "promtool", "test", "rules", "rules_test.yml"))
                .startsWith("0 ");
        assertThat(PrometheusRules.run(DEPLOY.resolve("prometheus"), "promtool", "check", "config", "prometheus.yml"))
                .startsWith("0 ");
    }

    @Test
    void alertmanager_reads_its_configuration_and_routes_by_severity() throws Exception {
        String file = "alertmanager.yml";
        Path alertmanager = DEPLOY.resolve("alertmanager");
        assertThat(PrometheusRules.run(alertmanager, "amtool", "check-config", file))
                .startsWith("0 ");
        assertThat(PrometheusRules.run(
                        alertmanager,
                        "amtool",
                        "config",
                        "routes",
                        "test",
                        "--config.file=" + file,
                        "severity=critical"))
                .contains("operators");
        assertThat(PrometheusRules.run(
                        alertmanager, "amtool", "config", "routes", "test", "--config.file=" + file, "severity=info"))
                .contains("nobody");
    }

    @Test
    void a_rule_that_prometheus_cannot_read_is_found() throws Exception {
        String rules = Files.readString(DEPLOY.resolve("prometheus/rules.yml"));
        Files.writeString(folder.resolve("rules.yml"), rules.replace("expr: 'up{", "expr: 'up{{"));
        assertThat(PrometheusRules.run(folder, "promtool", "check", "rules", "rules.yml"))
                .doesNotStartWith("0 ");
    }

    @Test
    void every_alert_names_metrics_and_labels_that_the_gateway_exports() throws Exception {
        assertThat(RULES.check(yaml("prometheus/rules.yml"))).isGreaterThan(15);
    }

    @Test
    void an_alert_on_what_is_not_exported_is_found() {
        assertThat(RULES.faults("rate(stoa_requests_total[5m]) > 1"))
                .containsExactly("stoa_requests_total is not exported");
        assertThat(RULES.faults("stoa_refusals_total{path=\"/a\"} > 1"))
                .containsExactly("stoa_refusals_total has no label path");
    }

    @Test
    void the_operators_object_holds_the_same_rules() throws Exception {
        assertThat(yaml("kubernetes/overlays/monitoring/prometheus-rule.yaml").at("/spec/groups"))
                .isEqualTo(yaml("prometheus/rules.yml").path("groups"));
    }
}
