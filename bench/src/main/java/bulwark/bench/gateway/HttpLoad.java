package bulwark.bench.gateway;

import bulwark.bench.ProcessFigures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a load generator sends: as much as the proxy answers, over kept connections, from the second core.
 *
 * @param version of HTTP: {@code wrk} speaks 1.1, {@code h2load} 2
 * @param connections kept open; with HTTP/2 each has eight requests under way
 * @param options further words on its command line, such as {@code -H} and {@code -s}
 */
record HttpLoad(Version version, int connections, List<String> options) {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in|(\\d+) succeeded");
    private static final Pattern FAULT =
            Pattern.compile("Non-2xx|Socket errors|[1-9]\\d* (failed|errored|timeout)|[1-9]\\d* [345]xx");
    private static final Pattern LATENCY = Pattern.compile("(50|99)%\\s+([0-9.]+)(us|ms|s)");

    enum Version {
        HTTP_1_1,
        HTTP_2
    }

    /** @param allocated bytes of heap for each request; 0 for a peer */
    record Round(double cpuMicros, double perSecond, double p50Millis, double p99Millis, double allocated) {}

    static HttpLoad plain(int connections) {
        return new HttpLoad(Version.HTTP_1_1, connections, List.of());
    }

    static HttpLoad bearer(int connections, String token) {
        return new HttpLoad(Version.HTTP_1_1, connections, List.of("-H", "Authorization: Bearer " + token));
    }

    static HttpLoad http2(int connections) {
        return new HttpLoad(Version.HTTP_2, connections, List.of());
    }

    /** Every request must be answered with success. */
    Round run(ProxyProcess proxy, int seconds) throws IOException, InterruptedException {
        double cpuBefore = ProcessFigures.cpuSeconds(proxy.pid());
        long allocatedBefore = proxy.allocated();
        String report = report(proxy.url(), seconds);
        Matcher requests = REQUESTS.matcher(report);
        boolean found = requests.find();
        double count =
                !found ? 0 : Double.parseDouble(requests.group(1) != null ? requests.group(1) : requests.group(2));
        if (count == 0 || FAULT.matcher(report).find()) {
            throw new IOException(proxy.name() + " did not answer every request:\n" + report + proxy.refusals());
        }
        return new Round(
                (ProcessFigures.cpuSeconds(proxy.pid()) - cpuBefore) * 1e6 / count,
                count / seconds,
                millis(report, "50"),
                millis(report, "99"),
                (proxy.allocated() - allocatedBefore) / count);
    }

    private String report(String url, int seconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", "1"));
        command.addAll(
                version == Version.HTTP_2
                        ? List.of("h2load", "-t1", "-m8", "-c" + connections, "-D" + seconds)
                        : List.of("wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "--latency"));
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
