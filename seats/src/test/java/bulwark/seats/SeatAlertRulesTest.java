package bulwark.seats;

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
import tools.jackson.databind.JsonNode;

/** The alerts of seats that are shipped: Prometheus reads them, their own tests hold, and each speaks of what a seat manager exports. */
class SeatAlertRulesTest {
    private static final Path FOLDER = SharedMaterial.repository().resolve("deploy/prometheus");
    private static final Pattern SERIES = Pattern.compile("\\b(seats_[a-z0-9_]+)(?:\\{([^}]*)})?");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)");

    private static String promtool(String... arguments) throws Exception {
        RequiredProgram.onThePath("promtool");
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Shell.Outcome outcome = Shell.run(FOLDER, Map.of(), Duration.ofMinutes(1), command);
        return outcome.exitCode() + " " + outcome.out() + outcome.err();
    }

    private static List<String> faults(String expression) {
        Map<String, MetricDescription> exported = SeatMetrics.ALL.stream()
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
                    if (!metric.labels().contains(label.group(1))) {
                        faults.add(name + " has no label " + label.group(1));
                    }
                }
            }
        }
        return faults;
    }

    @Test
    void prometheus_reads_the_rules_of_seats_and_their_own_tests_hold() throws Exception {
        assertThat(promtool("check", "rules", "seats-rules.yml")).startsWith("0 ");
        assertThat(promtool("test", "rules", "seats-rules_test.yml")).startsWith("0 ");
        assertThat(promtool("check", "config", "prometheus.yml")).startsWith("0 ");
    }

    @Test
    void every_alert_of_seats_names_metrics_and_labels_that_are_exported_and_a_remedy() throws Exception {
        int alerts = 0;
        JsonNode rules = StrictYaml.parse(Files.readString(FOLDER.resolve("seats-rules.yml")), 1 << 20);
        for (JsonNode rule : rules.at("/groups/0/rules")) {
            String expression = rule.path("expr").asString("");
            assertThat(faults(expression)).as(expression).isEmpty();
            assertThat(SERIES.matcher(expression).find() || expression.contains("up{"))
                    .as(expression)
                    .isTrue();
            assertThat(rule.at("/annotations/remedy").asString("")).isNotBlank();
            alerts++;
        }
        assertThat(alerts).isGreaterThanOrEqualTo(7);
    }

    @Test
    void an_alert_of_seats_on_what_is_not_exported_is_found() {
        assertThat(faults("seats_requests_total > 1")).containsExactly("seats_requests_total is not exported");
        assertThat(faults("seats_open_alerts{code=\"A\"} > 0")).containsExactly("seats_open_alerts has no label code");
    }
}
