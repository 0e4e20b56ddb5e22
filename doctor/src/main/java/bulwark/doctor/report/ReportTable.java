package bulwark.doctor.report;

import bulwark.doctor.probe.Verdict;
import java.io.PrintStream;
import java.util.Map;

/** A report for people: what is red first, with the mend under it, then what could not be seen, what is amber with its reason, and what holds. Stateless. */
public final class ReportTable {
    private static final Map<Verdict, String> COLOURS =
            Map.of(Verdict.PASS, "32", Verdict.WARN, "33", Verdict.FAIL, "31", Verdict.ERROR, "35", Verdict.SKIP, "2");
    private static final int MIN_WIDTH = 40;
    private static final String INDENT = "       ";

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
        report.inOrder().stream()
                .filter(probe -> !quiet || probe.isRed() || probe.status() == Verdict.ERROR)
                .forEach(this::print);
        if (!quiet || report.exitCode() != 0) {
            out.println();
        }
        out.println(report.summary());
    }

    private void print(ProbeResult probe) {
        String head = String.format("%-6s %-20s ", probe.mark(), probe.id());
        wrapped(head, coloured(probe, head), probe.title());
        probe.observation().forEach((label, text) -> {
            if (isNews(probe, label)) {
                indented(label, text);
            }
        });
    }

    /** What holds, and why something does not apply, needs fewer words. */
    private static boolean isNews(ProbeResult probe, String label) {
        return switch (probe.status()) {
            case PASS -> label.equals("waiver");
            case SKIP -> !label.equals("expected");
            case FAIL, ERROR, WARN -> true;
        };
    }

    private String coloured(ProbeResult probe, String head) {
        int end = probe.mark().length();
        return colours && probe.waiver() == null
                ? "\u001b[" + COLOURS.get(probe.status()) + "m" + head.substring(0, end) + "\u001b[0m"
                        + head.substring(end)
                : head;
    }

    private void indented(String label, String text) {
        String head = INDENT + String.format("%-9s", label);
        wrapped(head, head, text);
    }

    /** Broken at blanks: a narrow terminal shows whole words. @param shown the head with its colours, which take no room */
    private void wrapped(String head, String shown, String text) {
        String rest = " ".repeat(Math.min(head.length(), width / 2));
        StringBuilder line = new StringBuilder(shown);
        int length = head.length();
        boolean empty = true;
        for (String word : text.split(" ", -1)) {
            boolean fits = length + (empty ? 0 : 1) + word.length() <= width;
            if (!fits && !(empty && length <= rest.length())) {
                out.println(line.toString().stripTrailing());
                line = new StringBuilder(rest);
                length = rest.length();
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            length += (empty ? 0 : 1) + word.length();
            empty = false;
        }
        out.println(line);
    }
}
