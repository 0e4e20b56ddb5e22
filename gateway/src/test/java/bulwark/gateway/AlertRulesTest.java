package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictYaml;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The alerts that are shipped: Prometheus reads them, their own tests hold, and each speaks of what the gateway exports. */
class AlertRulesTest {
    private static final Path DEPLOY = SharedMaterial.repository().resolve("deploy");
    private static final Pattern SERIES = Pattern.compile("\\b((?:stoa|bulwark)_[a-z0-9_]+)(?:\\{([^}]*)})?");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)");

    @TempDir
    private Path folder;

    private static String run(Path directory, String... command) throws Exception {
        RequiredProgram.onThePath(command[0]);
        Shell.Outcome outcome = Shell.run(directory, Map.of(), Duration.ofMinutes(1), List.of(command));
        return outcome.exitCode() + " " + outcome.out() + outcome.err();
    }

    private static JsonNode yaml(String file) throws Exception {
        return StrictYaml.parse(Files.readString(DEPLOY.resolve(file)), 1 << 20);
    }

    /** What is wrong with an expression. */
    private static List<String> faults(String expression) {
        Map<String, MetricDescription> exported = GatewayMetrics.ALL.stream()
                .collect(Collectors.toMap(MetricDescription::scrapedName, Function.identity(), (a, b) -> a));
        List<String> faults = new ArrayList<>();
        Matcher series = SERIES.matcher(expression);
        while (series.find()) {
            String name = series.group(1).replaceFirst("_(bucket|sum|count)$", "");
            MetricDescription metric = exported.get(name);
            if (metric == null) {
                faults.add(name + " is not exported");
            } else if (series.group(2) != null) {
                Matcher label = LABEL.matcher(series.group(2));
                while (label.find()) {
                    if (!metric.labels().contains(label.group(1))
                            && !label.group(1).equals("le")) {
                        faults.add(name + " has no label " + label.group(1));
                    }
                }
            }
        }
        return faults;
    }

    @Test
    void prometheus_reads_the_rules_and_their_own_tests_hold() throws Exception {
        assertThat(run(DEPLOY.resolve("prometheus"), "promtool", "check", "rules", "rules.yml"))
                .startsWith("0 ");
        assertThat(run(DEPLOY.resolve("prometheus"), "promtool", "test", "rules", "rules_test.yml"))
                .startsWith("0 ");
        assertThat(run(DEPLOY.resolve("prometheus"), "promtool", "check", "config", "prometheus.yml"))
                .startsWith("0 ");
    }

    @Test
    void alertmanager_reads_its_configuration_and_routes_by_severity() throws Exception {
        String file = "alertmanager.yml";
        Path alertmanager = DEPLOY.resolve("alertmanager");
        assertThat(run(alertmanager, "amtool", "check-config", file)).startsWith("0 ");
        assertThat(run(
                        alertmanager,
                        "amtool",
                        "config",
                        "routes",
                        "test",
                        "--config.file=" + file,
                        "severity=critical"))
                .contains("operators");
        assertThat(run(alertmanager, "amtool", "config", "routes", "test", "--config.file=" + file, "severity=info"))
                .contains("nobody");
    }

    @Test
    void a_rule_that_prometheus_cannot_read_is_found() throws Exception {
        String rules = Files.readString(DEPLOY.resolve("prometheus/rules.yml"));
        Files.writeString(folder.resolve("rules.yml"), rules.replace("expr: 'up{", "expr: 'up{{"));
        assertThat(run(folder, "promtool", "check", "rules", "rules.yml")).doesNotStartWith("0 ");
    }

    @Test
    void every_alert_names_metrics_and_labels_that_the_gateway_exports() throws Exception {
        int alerts = 0;
        for (JsonNode group : yaml("prometheus/rules.yml").path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                String expression = rule.path("expr").asString("");
                assertThat(faults(expression)).as(expression).isEmpty();
                assertThat(SERIES.matcher(expression).find()
                                || expression.contains("up{")
                                || expression.contains("slo:"))
                        .as(expression)
                        .isTrue();
                if (rule.has("alert")) {
                    alerts++;
                    assertThat(rule.at("/annotations/remedy").asString(""))
                            .as(rule.path("alert").asString(""))
                            .isNotBlank();
                }
            }
        }
        assertThat(alerts).isGreaterThan(15);
    }

    @Test
    void an_alert_on_what_is_not_exported_is_found() {
        assertThat(faults("rate(stoa_requests_total[5m]) > 1")).containsExactly("stoa_requests_total is not exported");
        assertThat(faults("stoa_refusals_total{path=\"/a\"} > 1"))
                .containsExactly("stoa_refusals_total has no label path");
    }

    @Test
    void the_operators_object_holds_the_same_rules() throws Exception {
        assertThat(yaml("kubernetes/overlays/monitoring/prometheus-rule.yaml").at("/spec/groups"))
                .isEqualTo(yaml("prometheus/rules.yml").path("groups"));
    }
}
