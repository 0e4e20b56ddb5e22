package bulwark.doctor.report;

import bulwark.doctor.probe.Verdict;
import bulwark.kernel.error.PrintableText;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A report for people: what is red first, with the mend under it, then what could not be seen, what is amber with its reason, and what holds. Stateless. */
public final class ReportTable {
    private static final Map<Verdict, String> COLOURS =
            Map.of(Verdict.PASS, "32", Verdict.WARN, "33", Verdict.FAIL, "31", Verdict.ERROR, "35", Verdict.SKIP, "2");
    private static final List<Verdict> ORDER =
            List.of(Verdict.FAIL, Verdict.ERROR, Verdict.WARN, Verdict.PASS, Verdict.SKIP);
    private static final int MIN_WIDTH = 40;

    private final PrintStream out;
    private final boolean colours;
    private final int width;

    /** @param width of the terminal, in characters */
    public ReportTable(PrintStream out, boolean colours, int width) {
        this.out = out;
        this.colours = colours;
        this.width = Math.max(MIN_WIDTH, width);
    }

    /** @param quiet only what is red or could not be seen */
    public void print(Report report, boolean quiet) {
        report.probes().stream()
                .sorted(Comparator.comparing((ProbeResult probe) -> probe.waiver() != null)
                        .thenComparing(probe -> ORDER.indexOf(probe.status()))
                        .thenComparing(ProbeResult::id))
                .filter(probe -> !quiet || probe.isRed() || probe.status() == Verdict.ERROR)
                .forEach(this::print);
        if (!quiet || report.exitCode() != 0) {
            out.println();
        }
        out.println(summary(report));
    }

    private void print(ProbeResult probe) {
        String mark = probe.waiver() == null ? probe.status().word() : "waived";
        out.println(coloured(probe, String.format("%-6s", mark)) + " " + String.format("%-20s", probe.id()) + " "
                + probe.title());
        if (probe.status() != Verdict.PASS) {
            if (probe.status() != Verdict.SKIP) {
                indented("expected", probe.expected());
            }
            indented("seen", probe.seen());
        }
        if (probe.status() == Verdict.FAIL || probe.status() == Verdict.WARN) {
            indented("mend", probe.mend());
        }
        if (probe.waiver() != null) {
            indented("waiver", probe.waiver());
        }
    }

    private String coloured(ProbeResult probe, String text) {
        return colours && probe.waiver() == null
                ? "\u001b[" + COLOURS.get(probe.status()) + "m" + text + "\u001b[0m"
                : text;
    }

    /** Broken at blanks: a narrow terminal shows whole words. */
    private void indented(String label, String text) {
        String first = "       " + String.format("%-9s", label);
        StringBuilder line = new StringBuilder(first);
        boolean empty = true;
        for (String word : PrintableText.line(text).split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > width) {
                out.println(line);
                line = new StringBuilder(" ".repeat(first.length()));
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        out.println(line);
    }

    private static String summary(Report report) {
        long waived =
                report.probes().stream().filter(probe -> probe.waiver() != null).count();
        return report.count(Verdict.PASS) + " hold, " + report.count(Verdict.WARN) + " hold here with a reservation, "
                + report.count(Verdict.FAIL) + " do not hold, " + report.count(Verdict.ERROR)
                + " could not be looked at, " + report.count(Verdict.SKIP) + " do not apply"
                + (waived == 0 ? "" : ", " + waived + " waived") + "; " + report.requests() + " requests in "
                + report.tookMs() / 100 / 10.0 + " s"
                + (report.complete() ? "" : "; the visit was ended early, so this is not the whole");
    }
}
