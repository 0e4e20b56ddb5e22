package bulwark.app.docs;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.up.PartList;
import bulwark.facts.FactsAuditEvents;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables that the reference is made of name all that the code counts and writes, and nothing else. */
class DeclaredNamesTest {
    private static final List<String> MODULES = List.of("kernel", "web", "facts", "tasks", "gateway", "seats", "app");
    /** The audit table of the seats begins like their metrics. */
    private static final Pattern METRIC = Pattern.compile(
            "(prefix \\+ \"_[a-z_]+\"|\"(?:stigmem|stem|stoa|bulwark|seats(?!_audit_log\"))_[a-z_]+[a-z]\")");

    @Test
    void every_metric_that_the_code_names_is_declared_and_the_other_way_round() throws IOException {
        Set<String> named = new HashSet<>();
        for (Map.Entry<String, String> file : sources().entrySet()) {
            if (!declares(file.getKey())) {
                METRIC.matcher(file.getValue())
                        .results()
                        .map(match -> match.group(1))
                        .forEach(named::add);
            }
        }
        List<String> declared = all().stream().map(MetricDescription::name).toList();
        Set<String> counted = new HashSet<>();
        for (String name : named) {
            String text = name.substring(name.indexOf('"') + 1, name.length() - 1);
            if (!declared.contains(text) && declared.stream().anyMatch(each -> each.startsWith(text + "_"))) {
                // The name of a service, which its metrics begin with.
                continue;
            }
            // What web counts for any part is declared by those parts that use it.
            Set<String> names = name.startsWith("prefix")
                    ? declared.stream().filter(each -> each.endsWith(text)).collect(Collectors.toSet())
                    : Set.of(text);
            assertThat(declared).as(name).containsAnyElementsOf(names);
            counted.addAll(names);
        }
        assertThat(declared).as("declared, and no code counts it").allMatch(counted::contains);
    }

    @Test
    void every_metric_is_scraped_under_its_name_with_its_meaning() {
        for (MetricDescription metric : all()) {
            Metrics metrics = new Metrics(List.of(metric));
            String[] labels = metric.labels().stream()
                    .flatMap(label -> Stream.of(label, "x"))
                    .toArray(String[]::new);
            switch (metric.kind()) {
                case COUNTER -> metrics.count(metric.name(), labels);
                case GAUGE -> metrics.gauge(metric.name(), () -> 1, labels);
                case TIMER -> metrics.time(metric.name(), Duration.ofMillis(1), new double[] {1}, labels);
            }
            assertThat(metrics.scrape()).contains("# HELP " + metric.scrapedName() + " " + metric.meaning() + "\n");
        }
    }

    @Test
    void every_audit_event_is_made_from_a_declared_type() throws IOException {
        List<String> bypasses = new ArrayList<>();
        for (Map.Entry<String, String> file : sources().entrySet()) {
            if (!file.getKey().startsWith("kernel/") && file.getValue().contains("new AuditEvent(")) {
                bypasses.add(file.getKey());
            }
        }
        assertThat(bypasses)
                .as("use a type of FactsAuditEvents or TaskAuditEvents")
                .isEmpty();
    }

    @Test
    void every_declared_audit_event_is_written_by_some_code() throws Exception {
        List<String> unused = new ArrayList<>();
        Map<String, String> sources = sources();
        for (Class<?> table : List.of(FactsAuditEvents.class, bulwark.tasks.events.TaskAuditEvents.class)) {
            List<?> all = (List<?>) table.getField("ALL").get(null);
            for (var field : table.getFields()) {
                if (field.getType() == List.class) {
                    continue;
                }
                assertThat(all.contains(field.get(null)))
                        .as(field.getName() + " stands in ALL")
                        .isTrue();
                String use = table.getSimpleName() + "." + field.getName();
                if (sources.values().stream().noneMatch(text -> text.contains(use))) {
                    unused.add(use);
                }
            }
        }
        assertThat(unused).isEmpty();
    }

    private static List<MetricDescription> all() {
        return PartList.all().stream()
                .flatMap(part -> part.declarations().stream())
                .flatMap(declaration -> declaration.metrics().stream())
                .toList();
    }

    /** The tables themselves are no use of a name. */
    private static boolean declares(String file) {
        return file.endsWith("/NodeMetrics.java") || file.endsWith("/TaskMetricDescriptions.java");
    }

    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String module : MODULES) {
            Path root = SharedMaterial.repository();
            try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    sources.put(root.relativize(file).toString(), Files.readString(file));
                }
            }
        }
        return sources;
    }
}
