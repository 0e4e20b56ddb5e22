package bulwark.bench;

import bulwark.testkit.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code bulwark bench gateway}: CPU time of the proxy per request beside HAProxy and nginx, in alternating rounds. Each proxy has one worker on the first core; load generator and backend
 * share the second.
 */
final class GatewayBench {
    private static final int ROUNDS = 15;
    private static final int SECONDS = 3;
    private static final int CONNECTIONS = 64;
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
    private static final Pattern LATENCY = Pattern.compile("(50|99)%\\s+([0-9.]+)(us|ms|s)");

    private final Path files;
    private final Path scratch;
    private final int backend = FreePort.next();
    private final List<Process> processes = new ArrayList<>();

    /** One proxy, and what its rounds gave. */
    private static final class Contestant {
        private final String name;
        private final int port;
        private final long pid;
        private final @Nullable Process gateway;
        private final List<Round> rounds = new ArrayList<>();

        private Contestant(String name, int port, long pid, @Nullable Process gateway) {
            this.name = name;
            this.port = port;
            this.pid = pid;
            this.gateway = gateway;
        }
    }

    private record Round(double cpuMicros, double perSecond, double p50Millis, double p99Millis, double allocated) {}

    GatewayBench(Path repository, Path scratch) {
        this.files = repository.resolve("bench/gateway");
        this.scratch = scratch;
    }

    void run() throws IOException, InterruptedException {
        try {
            start("1", "nginx", "-e", "/dev/null", "-p", scratch.toString(), "-c", config("upstream.conf", 0));
            List<Contestant> contestants = List.of(
                    gateway(),
                    peer("HAProxy", "haproxy.cfg", "haproxy", "-f"),
                    nginx(),
                    peer("HAProxy, bytes only (floor)", "haproxy-tcp.cfg", "haproxy", "-f"));
            round(contestants.getFirst(), 10); // compiles the hot path
            for (int i = 0; i < ROUNDS; i++) {
                for (Contestant contestant : contestants) {
                    contestant.rounds.add(round(contestant, SECONDS));
                }
            }
            print(contestants);
        } finally {
            processes.forEach(Process::destroy);
        }
    }

    private Contestant gateway() throws IOException {
        int port = FreePort.next();
        Process process = start(
                "0",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.jfr.enabled=false",
                "-Dio.netty.leakDetection.level=disabled",
                "-cp",
                System.getProperty("java.class.path"),
                "bulwark.bench.GatewayProcess",
                Integer.toString(port),
                Integer.toString(backend));
        process.inputReader().readLine();
        return new Contestant("gateway, bare", port, process.pid(), process);
    }

    private Contestant peer(String name, String file, String command, String option) throws IOException {
        int port = FreePort.next();
        return new Contestant(
                name, port, start("0", command, option, config(file, port)).pid(), null);
    }

    private Contestant nginx() throws IOException, InterruptedException {
        int port = FreePort.next();
        Process master =
                start("0", "nginx", "-e", "/dev/null", "-p", scratch.toString(), "-c", config("nginx.conf", port));
        for (int i = 0; i < 100; i++) {
            List<Long> workers = master.children().map(ProcessHandle::pid).toList();
            if (!workers.isEmpty()) {
                return new Contestant("nginx", port, workers.getFirst(), null);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IOException("nginx made no worker");
    }

    private Process start(String core, String... command) throws IOException {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", core));
        pinned.addAll(Arrays.asList(command));
        Process process = new ProcessBuilder(pinned)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(process);
        return process;
    }

    private String config(String file, int port) throws IOException {
        String text = Files.readString(files.resolve(file))
                .replace("@FOLDER@", scratch.toString())
                .replace("@UPSTREAM@", Integer.toString(backend))
                .replace("@PORT@", Integer.toString(port))
                .replace("@BODY@", "x".repeat(1_024));
        return Files.writeString(scratch.resolve(file), text).toString();
    }

    private Round round(Contestant contestant, int seconds) throws IOException, InterruptedException {
        double cpuBefore = ProcessFigures.cpuSeconds(contestant.pid);
        long allocatedBefore = allocated(contestant);
        Process load = new ProcessBuilder(
                        "taskset",
                        "-c",
                        "1",
                        "wrk",
                        "-t1",
                        "-c" + CONNECTIONS,
                        "-d" + seconds + "s",
                        "--latency",
                        "http://127.0.0.1:" + contestant.port + "/")
                .redirectErrorStream(true)
                .start();
        String report = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        load.waitFor();
        Matcher requests = REQUESTS.matcher(report);
        if (!requests.find() || report.contains("Non-2xx") || report.contains("Socket errors")) {
            throw new IOException(contestant.name + " did not answer every request:\n" + report);
        }
        double count = Double.parseDouble(requests.group(1));
        return new Round(
                (ProcessFigures.cpuSeconds(contestant.pid) - cpuBefore) * 1e6 / count,
                count / seconds,
                millis(report, "50"),
                millis(report, "99"),
                (allocated(contestant) - allocatedBefore) / count);
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

    /** Bytes of heap that the gateway's threads allocated so far. */
    private static long allocated(Contestant contestant) throws IOException {
        Process process = contestant.gateway;
        if (process == null) {
            return 0;
        }
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        BufferedReader answers = process.inputReader();
        return Long.parseLong(answers.readLine());
    }

    private void print(List<Contestant> contestants) throws IOException {
        System.out.println(Machine.describe());
        System.out.println("load of the machine after the run: "
                + Files.readString(Path.of("/proc/loadavg")).strip());
        System.out.println();
        System.out.println(
                "| proxy | CPU per request, median (least – most) | beside HAProxy | requests/s | p50 / p99 | heap per request | peak memory |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
        double haproxy = median(
                contestants.get(1).rounds.stream().mapToDouble(Round::cpuMicros).toArray());
        for (Contestant each : contestants) {
            double[] cpu =
                    each.rounds.stream().mapToDouble(Round::cpuMicros).sorted().toArray();
            System.out.println(String.format(
                    Locale.ROOT,
                    "| %s | %.1f µs (%.1f – %.1f) | %.2f × | %,.0f | %.2f / %.2f ms | %s | %d MiB |",
                    each.name,
                    median(cpu),
                    cpu[0],
                    cpu[cpu.length - 1],
                    median(cpu) / haproxy,
                    median(each.rounds.stream().mapToDouble(Round::perSecond).toArray()),
                    median(each.rounds.stream().mapToDouble(Round::p50Millis).toArray()),
                    median(each.rounds.stream().mapToDouble(Round::p99Millis).toArray()),
                    each.gateway == null
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "%.0f bytes",
                                    median(each.rounds.stream()
                                            .mapToDouble(Round::allocated)
                                            .toArray())),
                    ProcessFigures.peakMemory(each.pid)));
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
