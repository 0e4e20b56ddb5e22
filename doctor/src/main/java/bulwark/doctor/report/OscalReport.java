package bulwark.doctor.report;

import bulwark.doctor.probe.Verdict;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A report as assessment results of OSCAL 1.1 (NIST). Each probe is an observation; each that could be judged is a finding about its objective, which bears the probe's id. What could not be looked at
 * is not satisfied there, for OSCAL has no third word: its reason is {@code other}. Stateless.
 */
public final class OscalReport {
    private static final String NAMESPACE = "https://bulwark.dev/ns/oscal";

    private final Report report;

    private OscalReport(Report report) {
        this.report = report;
    }

    /** UTF-8, with one line feed at the end. */
    public static byte[] of(Report report) {
        Map<String, Object> document = ReportJson.object("assessment-results", new OscalReport(report).document());
        return (StrictJson.pretty(document) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, Object> document() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("title", "Posture of " + report.target());
        metadata.put("last-modified", report.finished().toString());
        metadata.put("version", Integer.toString(Report.VERSION));
        metadata.put("oscal-version", "1.1.1");
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("uuid", uuid("document"));
        document.put("metadata", metadata);
        document.put(
                "import-ap",
                ReportJson.object("href", "#" + uuid("plan"), "remarks", "The plan is the list of probes."));
        document.put("results", List.of(result()));
        document.put(
                "back-matter",
                ReportJson.object(
                        "resources",
                        List.of(ReportJson.object(
                                "uuid",
                                uuid("plan"),
                                "title",
                                "bulwark doctor --list",
                                "description",
                                "Every probe, in words."))));
        return document;
    }

    private Map<String, Object> result() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("uuid", uuid("result"));
        result.put("title", "Visit " + report.visitId());
        result.put("description", report.summary());
        result.put("start", report.started().toString());
        result.put("end", report.finished().toString());
        result.put("props", List.of(property("complete", Boolean.toString(report.complete()))));
        result.put("local-definitions", ReportJson.object("components", List.of(component())));
        result.put("reviewed-controls", controls());
        List<Object> observations = new ArrayList<>();
        List<Object> findings = new ArrayList<>();
        for (ProbeResult probe : report.probes()) {
            observations.add(observation(probe));
            if (probe.status() != Verdict.SKIP) {
                findings.add(finding(probe));
            }
        }
        if (!observations.isEmpty()) {
            result.put("observations", observations);
        }
        if (!findings.isEmpty()) {
            result.put("findings", findings);
        }
        return result;
    }

    private Map<String, Object> component() {
        Map<String, Object> component = new LinkedHashMap<>();
        component.put("uuid", uuid("target"));
        component.put("type", "this-system");
        component.put("title", report.target());
        component.put("description", "The deployment that was looked at from outside.");
        component.put("status", ReportJson.object("state", "operational"));
        return component;
    }

    /** Of OWASP ASVS 5.0. */
    private Map<String, Object> controls() {
        TreeSet<String> requirements = new TreeSet<>();
        report.probes().forEach(probe -> requirements.addAll(probe.requirements()));
        Object selection = requirements.isEmpty()
                ? ReportJson.object("include-all", ReportJson.object())
                : ReportJson.object(
                        "include-controls",
                        requirements.stream()
                                .map(id -> ReportJson.object("control-id", id.toLowerCase(Locale.ROOT)))
                                .toList());
        return ReportJson.object("control-selections", List.of(selection));
    }

    private Map<String, Object> observation(ProbeResult probe) {
        Map<String, Object> observation = new LinkedHashMap<>();
        observation.put("uuid", uuid("observation " + probe.id()));
        observation.put("title", probe.title());
        observation.put("description", probe.text());
        List<Object> properties = new ArrayList<>();
        properties.add(property("probe", probe.id()));
        properties.add(property("status", probe.status().word()));
        properties.add(property("severity", probe.severity().word()));
        probe.requirements().forEach(id -> properties.add(property("asvs", id)));
        observation.put("props", properties);
        observation.put("methods", List.of("TEST"));
        observation.put("subjects", List.of(ReportJson.object("subject-uuid", uuid("target"), "type", "component")));
        observation.put("collected", report.finished().toString());
        observation.put("remarks", "Demanded by: " + probe.document());
        return observation;
    }

    private Map<String, Object> finding(ProbeResult probe) {
        boolean holds = probe.status() == Verdict.PASS || probe.status() == Verdict.WARN;
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("state", holds ? "satisfied" : "not-satisfied");
        status.put("reason", probe.status() == Verdict.ERROR ? "other" : holds ? "pass" : "fail");
        status.put("remarks", probe.mark());
        Map<String, Object> finding = new LinkedHashMap<>();
        finding.put("uuid", uuid("finding " + probe.id()));
        finding.put("title", probe.title());
        finding.put("description", probe.text());
        finding.put("target", ReportJson.object("type", "objective-id", "target-id", probe.id(), "status", status));
        finding.put(
                "related-observations",
                List.of(ReportJson.object("observation-uuid", uuid("observation " + probe.id()))));
        return finding;
    }

    private static Map<String, Object> property(String name, String value) {
        return ReportJson.object("name", name, "ns", NAMESPACE, "value", value);
    }

    /** Of version 4, made of what names it: the same report is the same file. */
    private String uuid(String what) {
        ByteBuffer digest =
                ByteBuffer.wrap(Digests.sha256((report.visitId() + " " + what).getBytes(StandardCharsets.UTF_8)));
        long high = digest.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x4000;
        long low = digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
