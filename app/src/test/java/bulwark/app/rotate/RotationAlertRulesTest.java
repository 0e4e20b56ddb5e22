package bulwark.app.rotate;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictYaml;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.rotation.RotationMetrics;
import bulwark.testkit.PrometheusRules;
import bulwark.testkit.SharedMaterial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The alerts of rotation that are shipped: Prometheus reads them, their own tests hold, and each speaks of what is exported. */
class RotationAlertRulesTest {
    private static final Path FOLDER = SharedMaterial.repository().resolve("deploy/prometheus");
    private static final PrometheusRules RULES = new PrometheusRules(
            "bulwark",
            RotationMetrics.DESCRIPTIONS.stream()
                    .collect(Collectors.toMap(MetricDescription::scrapedName, MetricDescription::labels)));

    @Test
    void prometheus_reads_the_rules_of_rotation_and_their_own_tests_hold() throws Exception {
        assertThat(PrometheusRules.run(FOLDER, "promtool", "check", "rules", "rotation-rules.yml"))
                .startsWith("0 ");
        assertThat(PrometheusRules.run(FOLDER, "promtool", "test", "rules", "rotation-rules_test.yml"))
                .startsWith("0 ");
    }

    @Test
    void every_alert_of_rotation_names_metrics_that_are_exported_and_a_remedy() throws Exception {
        assertThat(RULES.check(StrictYaml.parse(Files.readString(FOLDER.resolve("rotation-rules.yml")), 1 << 20)))
                .isGreaterThanOrEqualTo(2);
        assertThat(RULES.faults("bulwark_rotations > 1")).containsExactly("bulwark_rotations is not exported");
    }
}
