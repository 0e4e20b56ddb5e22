package bulwark.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Looks whether rules of alerts speak of what a program exports. Immutable. */
public final class PrometheusRules {
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)");
    /** Written by Prometheus itself, or by a rule of the same file. */
    private static final List<String> OF_PROMETHEUS = List.of("up{", "slo:");

    private final Pattern series;
    private final Map<String, ? extends Collection<String>> exported;

    /**
     * @param prefixes of the program's metrics, with a bar between two
     * @param exported the labels of each metric, by the name under which it is scraped
     */
    public PrometheusRules(String prefixes, Map<String, ? extends Collection<String>> exported) {
        this.series = Pattern.compile("\\b((?:" + prefixes + ")_[a-z0-9_]+)(?:\\{([^}]*)})?");
        this.exported = exported;
    }

    /** What is wrong with an expression. */
    public List<String> faults(String expression) {
        List<String> faults = new ArrayList<>();
        Matcher found = series.matcher(expression);
        while (found.find()) {
            String name = found.group(1).replaceFirst("_(bucket|sum|count)$", "");
            Collection<String> labels = exported.get(name);
            if (labels == null) {
                faults.add(name + " is not exported");
            } else if (found.group(2) != null) {
                Matcher label = LABEL.matcher(found.group(2));
                while (label.find()) {
                    if (!labels.contains(label.group(1)) && !label.group(1).equals("le")) {
                        faults.add(name + " has no label " + label.group(1));
                    }
                }
            }
        }
        return faults;
    }

    /**
     * Fails when a rule speaks of nothing, or of what is not exported, or an alert names no remedy.
     *
     * @param rules a file of rules, parsed
     * @return how many alerts there are
     */
    public int check(JsonNode rules) {
        int alerts = 0;
        for (JsonNode group : rules.path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                String expression = rule.path("expr").asString("");
                assertEquals(List.of(), faults(expression), expression);
                assertTrue(
                        series.matcher(expression).find()
                                || OF_PROMETHEUS.stream().anyMatch(expression::contains),
                        expression);
                if (rule.has("alert")) {
                    alerts++;
                    assertFalse(
                            rule.at("/annotations/remedy").asString("").isBlank(),
                            rule.path("alert").asString(""));
                }
            }
        }
        return alerts;
    }

    /** A program of Prometheus in a folder of rules. @return exit code, a blank, and what it said */
    public static String run(Path folder, String... command) throws IOException, InterruptedException {
        RequiredProgram.onThePath(command[0]);
        Shell.Outcome outcome = Shell.run(folder, Map.of(), Duration.ofMinutes(1), List.of(command));
        return outcome.exitCode() + " " + outcome.out() + outcome.err();
    }
}
