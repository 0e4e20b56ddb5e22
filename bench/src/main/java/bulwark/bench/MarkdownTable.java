package bulwark.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The figures as a Markdown table, best and worst run beside each other. */
public final class MarkdownTable {
    private final List<String> lines = new ArrayList<>();

    public MarkdownTable() {
        lines.add(
                "| figure | best run | worst run | CPU per operation, best / worst | p50 / p99, worst run | wanted |");
        lines.add("| --- | --- | --- | --- | --- | --- |");
    }

    /** Rates: more is better. */
    public void rate(String figure, List<LoadResult> runs, String wanted) {
        LoadResult best = runs.stream().max(by(LoadResult::perSecond)).orElseThrow();
        LoadResult worst = runs.stream().min(by(LoadResult::perSecond)).orElseThrow();
        row(
                figure,
                text("%,.0f/s", best.perSecond()),
                text("%,.0f/s", worst.perSecond()),
                worst(runs, LoadResult::cpuMicros) == 0
                        ? "not measured"
                        : text("%.1f / %.1f µs", best(runs, LoadResult::cpuMicros), worst(runs, LoadResult::cpuMicros)),
                worst.p99Millis() == 0 ? "" : text("%.2f / %.2f ms", worst.p50Millis(), worst.p99Millis()),
                wanted);
    }

    /** Latencies: less is better. */
    public void latency(String figure, List<LoadResult> runs, String wanted) {
        row(
                figure,
                text("p99 %.2f ms", best(runs, LoadResult::p99Millis)),
                text(
                        "p99 %.2f ms (median %.2f)",
                        worst(runs, LoadResult::p99Millis), median(runs, LoadResult::p99Millis)),
                text("%.0f / %.0f µs", best(runs, LoadResult::cpuMicros), worst(runs, LoadResult::cpuMicros)),
                text("%.2f / %.2f ms", worst(runs, LoadResult::p50Millis), worst(runs, LoadResult::p99Millis)),
                wanted);
    }

    public void row(String... cells) {
        List<String> all = new ArrayList<>(List.of(cells));
        while (all.size() < 6) {
            all.add(all.size() - 1, "");
        }
        lines.add("| " + String.join(" | ", all) + " |");
    }

    public static double best(List<LoadResult> runs, ToDoubleFunction<LoadResult> figure) {
        return runs.stream().mapToDouble(figure).min().orElseThrow();
    }

    public static double worst(List<LoadResult> runs, ToDoubleFunction<LoadResult> figure) {
        return runs.stream().mapToDouble(figure).max().orElseThrow();
    }

    /** Median of the rates, for ratios between two figures. */
    static double median(List<LoadResult> runs) {
        return median(runs, LoadResult::perSecond);
    }

    private static double median(List<LoadResult> runs, ToDoubleFunction<LoadResult> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    public static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    @Override
    public String toString() {
        return String.join(System.lineSeparator(), lines);
    }

    private static Comparator<LoadResult> by(ToDoubleFunction<LoadResult> figure) {
        return Comparator.comparingDouble(figure);
    }
}
