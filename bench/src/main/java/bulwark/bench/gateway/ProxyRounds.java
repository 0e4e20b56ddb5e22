package bulwark.bench.gateway;

import bulwark.bench.ProcessFigures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Several proxies under a load, in alternating rounds, so that whatever else the machine does meets all of them. */
final class ProxyRounds {
    private final String heading;
    private final List<Series> series = new ArrayList<>();

    private record Series(ProxyProcess proxy, HttpLoad load, List<HttpLoad.Round> rounds) {
        double median(ToDoubleFunction<HttpLoad.Round> figure) {
            double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
            return sorted[sorted.length / 2];
        }

        double[] cpu() {
            double[] all =
                    rounds.stream().mapToDouble(HttpLoad.Round::cpuMicros).toArray();
            Arrays.sort(all);
            return all;
        }
    }

    ProxyRounds(String heading) {
        this.heading = heading;
    }

    ProxyRounds with(ProxyProcess proxy, HttpLoad load) {
        series.add(new Series(proxy, load, new ArrayList<>()));
        return this;
    }

    /** Each is warmed up first. */
    ProxyRounds run(int rounds, int seconds) throws IOException, InterruptedException {
        for (Series each : series) {
            each.load.run(each.proxy, each.proxy.gateway() == null ? 1 : 8);
        }
        for (int i = 0; i < rounds; i++) {
            for (Series each : series) {
                each.rounds.add(each.load.run(each.proxy, seconds));
            }
        }
        return this;
    }

    /** Median CPU time for each request, µs, of the series at this place. */
    double cpuMicros(int index) {
        return series.get(index).median(HttpLoad.Round::cpuMicros);
    }

    /** @param reference place of the series that the others are compared with */
    void print(int reference) throws IOException {
        System.out.println();
        System.out.println("**" + heading + "**");
        System.out.println();
        System.out.println("| proxy | CPU per request, median (least – most) | beside "
                + series.get(reference).proxy.name()
                + " | requests/s | p50 / p99, medians | heap per request | peak memory |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
        for (Series each : series) {
            double[] cpu = each.cpu();
            boolean ours = each.proxy.gateway() != null;
            System.out.println(String.format(
                    Locale.ROOT,
                    "| %s | %.1f µs (%.1f – %.1f) | %.2f × | %,.0f | %.3f / %.2f ms | %s | %d MiB |",
                    each.proxy.name(),
                    each.median(HttpLoad.Round::cpuMicros),
                    cpu[0],
                    cpu[cpu.length - 1],
                    each.median(HttpLoad.Round::cpuMicros) / cpuMicros(reference),
                    each.median(HttpLoad.Round::perSecond),
                    each.median(HttpLoad.Round::p50Millis),
                    each.median(HttpLoad.Round::p99Millis),
                    ours ? String.format(Locale.ROOT, "%.0f bytes", each.median(HttpLoad.Round::allocated)) : "",
                    ProcessFigures.peakMemory(each.proxy.pid())));
        }
    }
}
