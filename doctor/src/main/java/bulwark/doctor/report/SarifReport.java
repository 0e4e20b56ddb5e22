package bulwark.doctor.report;

import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Verdict;
import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A report as SARIF 2.1.0 (OASIS), which code hosts and security dashboards read. A probe is a rule, its verdict a result of the kind that SARIF has for it; a waiver is a suppression that somebody
 * accepted. Stateless.
 */
public final class SarifReport {
    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    private SarifReport() {}

    /** UTF-8, with one line feed at the end. */
    public static byte[] of(Report report) {
        Map<String, Object> log = new LinkedHashMap<>();
        log.put("$schema", SCHEMA);
        log.put("version", "2.1.0");
        log.put("runs", List.of(run(report)));
        return (StrictJson.pretty(log) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> run(Report report) {
        Map<String, Object> driver = new LinkedHashMap<>();
        driver.put("name", "bulwark doctor");
        driver.put("rules", report.probes().stream().map(SarifReport::rule).toList());
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("tool", ReportJson.object("driver", driver));
        run.put(
                "automationDetails",
                ReportJson.object("id", report.target() + "/" + report.visitId(), "guid", report.visitId()));
        run.put("invocations", List.of(invocation(report)));
        run.put("columnKind", "utf16CodeUnits");
        List<Object> results = new ArrayList<>();
        for (int i = 0; i < report.probes().size(); i++) {
            results.add(result(report, report.probes().get(i), i));
        }
        run.put("results", results);
        return run;
    }

    /** A visit that ended early was not successful, and says so as a notification. */
    private static Map<String, Object> invocation(Report report) {
        Map<String, Object> invocation = new LinkedHashMap<>();
        invocation.put("executionSuccessful", report.complete());
        invocation.put("exitCode", report.exitCode());
        invocation.put("startTimeUtc", report.started().toString());
        invocation.put("endTimeUtc", report.finished().toString());
        invocation.put(
                "toolExecutionNotifications",
                List.of(ReportJson.object(
                        "level",
                        report.complete() ? "note" : "error",
                        "message",
                        ReportJson.object("text", report.summary()))));
        return invocation;
    }

    private static Map<String, Object> rule(ProbeResult probe) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("id", probe.id());
        rule.put("shortDescription", ReportJson.object("text", probe.title()));
        rule.put(
                "fullDescription",
                ReportJson.object("text", probe.title() + " Demanded by: " + probe.document() + "."));
        rule.put("help", ReportJson.object("text", probe.mend()));
        rule.put("defaultConfiguration", ReportJson.object("level", level(probe.severity())));
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("severity", probe.severity().word());
        properties.put("tags", probe.requirements());
        rule.put("properties", properties);
        return rule;
    }

    private static Map<String, Object> result(Report report, ProbeResult probe, int rule) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("ruleId", probe.id());
        result.put("ruleIndex", rule);
        result.put("kind", kind(probe.status()));
        result.put("level", probe.status() == Verdict.FAIL ? level(probe.severity()) : "none");
        result.put("message", ReportJson.object("text", probe.text()));
        result.put(
                "locations",
                List.of(ReportJson.object(
                        "logicalLocations",
                        List.of(ReportJson.object("fullyQualifiedName", report.target() + "/" + probe.part())))));
        result.put("partialFingerprints", ReportJson.object("bulwarkProbe/v1", report.target() + "/" + probe.id()));
        if (probe.waiver() != null) {
            result.put(
                    "suppressions",
                    List.of(ReportJson.object(
                            "kind", "external", "status", "accepted", "justification", probe.waiver())));
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("status", probe.status().word());
        properties.put("took_ms", probe.tookMs());
        result.put("properties", properties);
        return result;
    }

    private static String kind(Verdict status) {
        return switch (status) {
            case PASS -> "pass";
            case WARN -> "review";
            case FAIL -> "fail";
            case ERROR -> "open";
            case SKIP -> "notApplicable";
        };
    }

    private static String level(Severity severity) {
        return switch (severity) {
            case CRITICAL, HIGH -> "error";
            case MEDIUM -> "warning";
            case LOW -> "note";
        };
    }
}
