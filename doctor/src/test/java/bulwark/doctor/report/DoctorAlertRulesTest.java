package bulwark.doctor.report;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictYaml;
import bulwark.testkit.PrometheusRules;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of a visit, and the alerts that are shipped for them: Prometheus reads both. */
class DoctorAlertRulesTest {
    private static final Path FOLDER = SharedMaterial.repository().resolve("deploy/prometheus");

    @TempDir
    Path folder;

    private static String metrics() {
        return new String(MetricsReport.of(SampleReports.whole(), Duration.ofMinutes(15)), StandardCharsets.UTF_8);
    }

    @Test
    void prometheus_reads_the_rules_of_the_doctor_and_their_own_tests_hold() throws Exception {
        assertThat(PrometheusRules.run(FOLDER, "promtool", "check", "rules", "doctor-rules.yml"))
                .startsWith("0 ");
        assertThat(PrometheusRules.run(FOLDER, "promtool", "test", "rules", "doctor-rules_test.yml"))
                .startsWith("0 ");
    }

    @Test
    void every_alert_of_the_doctor_names_metrics_and_labels_that_are_written_and_a_remedy() throws Exception {
        PrometheusRules rules = new PrometheusRules("bulwark_doctor", MetricsReport.labels());
        assertThat(rules.check(StrictYaml.parse(Files.readString(FOLDER.resolve("doctor-rules.yml")), 1 << 20)))
                .isEqualTo(4);
        assertThat(rules.faults("bulwark_doctor_probe_refuted{id=\"X\"} == 1")).isNotEmpty();
    }

    @Test
    void what_is_written_is_what_is_declared_and_prometheus_reads_it() throws Exception {
        Set<String> written = Pattern.compile("(?m)^(bulwark_[a-z_]+)\\{")
                .matcher(metrics())
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
        assertThat(written).isEqualTo(MetricsReport.labels().keySet());
        RequiredProgram.onThePath("promtool");
        Path file = Files.writeString(folder.resolve("metrics"), metrics());
        Shell.Outcome outcome = Shell.run(
                folder, Map.of(), Duration.ofMinutes(1), List.of("sh", "-c", "promtool check metrics < " + file));
        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
    }

    @Test
    void what_is_waived_is_no_alarm_and_what_nobody_saw_is_one() {
        assertThat(metrics().lines())
                .contains(
                        "bulwark_doctor_probe_refuted{target=\"state-1a2b\",probe=\"FACTS-TLS-01\",part=\"facts\",severity=\"critical\"} 1",
                        "bulwark_doctor_probe_refuted{target=\"state-1a2b\",probe=\"HOST-PORTS-02\",part=\"host\",severity=\"high\"} 0",
                        "bulwark_doctor_probe_unseen{target=\"state-1a2b\",probe=\"TASKS-LIVE-01\",part=\"tasks\",severity=\"low\"} 1",
                        "bulwark_doctor_visit_interval_seconds{target=\"state-1a2b\"} 900");
    }
}
