package bulwark.doctor.report;

import bulwark.doctor.probe.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/** A report as metrics in Prometheus' text format, for the textfile collector of the node exporter: two gauges for each probe, and some of the visit. Stateless. */
public final class MetricsReport {
    /** Refuted, and nobody answers for it. */
    private static final String REFUTED = "bulwark_doctor_probe_refuted";

    private static final String UNSEEN = "bulwark_doctor_probe_unseen";
    private static final String PREFIX = "bulwark_doctor_visit_";
    private static final List<String> PROBE_LABELS = List.of("target", "probe", "part", "severity");

    private final StringBuilder text = new StringBuilder();
    private final Report report;

    private MetricsReport(Report report) {
        this.report = report;
    }

    /** Names of all metrics, each with its labels. */
    public static Map<String, List<String>> labels() {
        Map<String, List<String>> labels = new TreeMap<>();
        labels.put(REFUTED, PROBE_LABELS);
        labels.put(UNSEEN, PROBE_LABELS);
        for (String name : List.of("complete", "time_seconds", "duration_seconds", "requests", "interval_seconds")) {
            labels.put(PREFIX + name, List.of("target"));
        }
        return labels;
    }

    /** UTF-8. @param interval from one visit to the next */
    public static byte[] of(Report report, Duration interval) {
        MetricsReport metrics = new MetricsReport(report);
        metrics.write(interval);
        return metrics.text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void write(Duration interval) {
        probes(
                REFUTED,
                "1 where the last visit saw that a control does not hold, and nobody answers for it with a waiver.",
                probe -> probe.isRed() ? 1 : 0);
        probes(
                UNSEEN,
                "1 where the last visit could not look.",
                probe -> probe.status() == Verdict.ERROR && probe.waiver() == null ? 1 : 0);
        visit("complete", "0 where the last visit was ended early.", report.complete() ? "1" : "0");
        visit(
                "time_seconds",
                "When the last visit ended, in seconds since 1970.",
                Long.toString(report.finished().getEpochSecond()));
        visit(
                "duration_seconds",
                "How long the last visit took.",
                String.format(Locale.ROOT, "%.3f", report.tookMs() / 1000.0));
        visit("requests", "Requests and handshakes of the last visit.", Integer.toString(report.requests()));
        visit("interval_seconds", "Time from one visit to the next.", Long.toString(interval.toSeconds()));
    }

    private void probes(String name, String help, ToIntFunction<ProbeResult> value) {
        head(name, help);
        report.probes()
                .forEach(probe -> text.append(name)
                        .append("{target=\"")
                        .append(escaped(report.target()))
                        .append("\",probe=\"")
                        .append(escaped(probe.id()))
                        .append("\",part=\"")
                        .append(escaped(probe.part()))
                        .append("\",severity=\"")
                        .append(probe.severity().word())
                        .append("\"} ")
                        .append(value.applyAsInt(probe))
                        .append('\n'));
    }

    private void visit(String name, String help, String value) {
        head(PREFIX + name, help);
        text.append(PREFIX)
                .append(name)
                .append("{target=\"")
                .append(escaped(report.target()))
                .append("\"} ")
                .append(value)
                .append('\n');
    }

    private void head(String name, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(" gauge\n");
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
