package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictYaml;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.testkit.PrometheusRules;
import bulwark.testkit.SharedMaterial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The alerts of seats that are shipped: Prometheus reads them, their own tests hold, and each speaks of what a seat manager exports. */
class SeatAlertRulesTest {
    private static final Path FOLDER = SharedMaterial.repository().resolve("deploy/prometheus");
    private static final PrometheusRules RULES = new PrometheusRules(
            "seats",
            SeatMetrics.ALL.stream()
                    .collect(Collectors.toMap(MetricDescription::scrapedName, MetricDescription::labels, (a, b) -> a)));

    @Test
    void prometheus_reads_the_rules_of_seats_and_their_own_tests_hold() throws Exception {
        assertThat(PrometheusRules.run(FOLDER, "promtool", "check", "rules", "seats-rules.yml"))
                .startsWith("0 ");
        assertThat(PrometheusRules.run(FOLDER, "promtool", "test", "rules", "seats-rules_test.yml"))
                .startsWith("0 ");
        assertThat(PrometheusRules.run(FOLDER, "promtool", "check", "config", "prometheus.yml"))
                .startsWith("0 ");
    }

    @Test
    void every_alert_of_seats_names_metrics_and_labels_that_are_exported_and_a_remedy() throws Exception {
        JsonNode rules = StrictYaml.parse(Files.readString(FOLDER.resolve("seats-rules.yml")), 1 << 20);
        assertThat(RULES.check(rules)).isGreaterThanOrEqualTo(7);
    }

    @Test
    void an_alert_of_seats_on_what_is_not_exported_is_found() {
        assertThat(RULES.faults("seats_requests_total > 1")).containsExactly("seats_requests_total is not exported");
        assertThat(RULES.faults("seats_open_alerts{code=\"A\"} > 0"))
                .containsExactly("seats_open_alerts has no label code");
    }
}
