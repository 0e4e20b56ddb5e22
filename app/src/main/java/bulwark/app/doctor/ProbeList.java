package bulwark.app.doctor;

import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.kernel.json.StrictJson;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the probes are, without looking at anything. */
final class ProbeList {
    private ProbeList() {}

    static void print(PrintStream out, List<Probe> probes, boolean json) {
        if (json) {
            out.println(StrictJson.pretty(Map.of(
                    "probes",
                    probes.stream().map(probe -> members(probe.description())).toList())));
        } else {
            probes.stream()
                    .map(Probe::description)
                    .forEach(probe -> out.printf(
                            "%-20s  %-8s  %s%n", probe.id(), probe.severity().word(), probe.title()));
        }
    }

    private static Map<String, Object> members(ProbeDescription probe) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", probe.id());
        members.put("title", probe.title());
        members.put("part", probe.part());
        members.put("severity", probe.severity().word());
        members.put("document", probe.document());
        members.put("requirements", probe.requirements());
        members.put("deadline_ms", probe.deadline().toMillis());
        members.put("requests", probe.requests());
        members.put("leaves", probe.leaves());
        members.put("mend", probe.mend());
        return members;
    }

    static void explain(PrintStream out, ProbeDescription probe) {
        out.println(probe.id() + ": " + probe.title());
        out.println();
        line(out, "severity", probe.severity().word());
        line(out, "demanded by", probe.document());
        line(out, "ASVS 5.0", String.join(", ", probe.requirements()));
        line(
                out,
                "costs",
                "at most " + probe.requests() + " requests and "
                        + probe.deadline().toSeconds() + " s");
        line(out, "leaves", probe.leaves());
        line(out, "to mend", probe.mend());
    }

    private static void line(PrintStream out, String label, String text) {
        out.printf("  %-12s  %s%n", label, text.isEmpty() ? "-" : text);
    }
}
