package bulwark.bench.gateway;

import bulwark.bench.ProcessFigures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code wrk} sends: as much as the proxy answers, over kept connections, from the second core.
 *
 * @param connections kept open
 * @param options further words on its command line, such as {@code -H} and {@code -s}
 */
record HttpLoad(int connections, List<String> options) {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
    private static final Pattern LATENCY = Pattern.compile("(50|99)%\\s+([0-9.]+)(us|ms|s)");

    /** @param allocated bytes of heap for each request; 0 for a peer */
    record Round(double cpuMicros, double perSecond, double p50Millis, double p99Millis, double allocated) {}

    static HttpLoad plain(int connections) {
        return new HttpLoad(connections, List.of());
    }

    static HttpLoad bearer(int connections, String token) {
        return new HttpLoad(connections, List.of("-H", "Authorization: Bearer " + token));
    }

    /** Every request must be answered with success. */
    Round run(ProxyProcess proxy, int seconds) throws IOException, InterruptedException {
        double cpuBefore = ProcessFigures.cpuSeconds(proxy.pid());
        long allocatedBefore = proxy.allocated();
        String report = report(proxy.url(), seconds);
        Matcher requests = REQUESTS.matcher(report);
        if (!requests.find() || report.contains("Non-2xx") || report.contains("Socket errors")) {
            throw new IOException(proxy.name() + " did not answer every request:\n" + report);
        }
        double count = Double.parseDouble(requests.group(1));
        return new Round(
                (ProcessFigures.cpuSeconds(proxy.pid()) - cpuBefore) * 1e6 / count,
                count / seconds,
                millis(report, "50"),
                millis(report, "99"),
                (proxy.allocated() - allocatedBefore) / count);
    }

    private String report(String url, int seconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("taskset", "-c", "1", "wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "--latency"));
        command.addAll(options);
        command.add(url);
        Process load = new ProcessBuilder(command).redirectErrorStream(true).start();
        String report = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        load.waitFor();
        return report;
    }

    private static double millis(String report, String percentile) {
        Matcher latency = LATENCY.matcher(report);
        while (latency.find()) {
            if (latency.group(1).equals(percentile)) {
                double value = Double.parseDouble(latency.group(2));
                return switch (latency.group(3)) {
                    case "us" -> value / 1_000;
                    case "ms" -> value;
                    default -> value * 1_000;
                };
            }
        }
        return 0;
    }
}
