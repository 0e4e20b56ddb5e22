package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.OptionParsers;
import bulwark.doctor.memory.TargetMemory;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.report.MetricsReport;
import bulwark.doctor.report.ProbeResult;
import bulwark.doctor.report.Report;
import bulwark.doctor.report.ReportFile;
import bulwark.doctor.report.SinceLastVisit;
import bulwark.doctor.target.Target;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Visits at regular times, until it is stopped. */
@Command(
        name = "watch",
        description = "Visit again and again: say what is new, mended or still so, and write metrics for Prometheus.")
final class WatchCommand implements Callable<Integer> {
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(30);
    private static final Duration MAX_INTERVAL = Duration.ofDays(1);

    private final CommandContext context;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<@Nullable VisitRunner> visiting = new AtomicReference<>();

    @Mixin
    private final TargetOptions target;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description = "Time from the beginning of one visit to the next, 30s to 24h (default ${DEFAULT-VALUE}).")
    private String every = "15m";

    @Option(
            names = "--metrics-file",
            paramLabel = "FILE",
            description =
                    "After each visit, replace this file with metrics: FILE.prom in the folder of the node exporter's textfile collector.")
    private @Nullable Path metrics;

    @Option(names = "--waivers", paramLabel = "FILE", description = "Findings that somebody answers for, as of doctor.")
    private @Nullable Path waivers;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Time for one visit (default ${DEFAULT-VALUE}).")
    private int timeout = 60;

    @Option(names = "--visits", paramLabel = "NUMBER", description = "End after so many visits (default: never).")
    private long visits = Long.MAX_VALUE;

    WatchCommand(CommandContext context) {
        this.context = context;
        this.target = new TargetOptions(context);
    }

    @Override
    public Integer call() throws InterruptedException {
        Duration interval = interval();
        Path file =
                metrics == null ? null : context.directory().resolve(metrics).toAbsolutePath();
        if (file != null && (file.getParent() == null || !Files.isDirectory(file.getParent()))) {
            throw CommandFailed.usage("--metrics-file: " + file.getParent() + " is no folder: make it first");
        }
        int code = 0;
        try (VisitInterrupt _ = new VisitInterrupt(this::stop)) {
            for (long number = 1; number <= visits && stopped.getCount() > 0; number++) {
                long next = System.nanoTime() + interval.toNanos();
                code = visit(interval, file);
                if (number < visits && stopped.await(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    break;
                }
            }
        }
        return code;
    }

    private Duration interval() {
        Duration interval = OptionParsers.duration("--every", every);
        if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0) {
            throw CommandFailed.usage("--every " + every + " must be 30s to 24h");
        }
        return interval;
    }

    private void stop() {
        stopped.countDown();
        VisitRunner runner = visiting.get();
        if (runner != null) {
            runner.stop();
        }
    }

    /** A visit that fails is a line, and the next one comes all the same. @return as {@code doctor} ends */
    private int visit(Duration interval, @Nullable Path file) throws InterruptedException {
        try {
            Target found = target.find();
            try (TargetMemory memory = TargetMemory.open(target.memory(), found.name())) {
                return visit(found, memory, interval, file);
            }
        } catch (IOException | CommandFailed e) {
            context.err().println(context.clock().instant() + " no visit: " + e.getMessage());
            return 3;
        } finally {
            visiting.set(null);
        }
    }

    private int visit(Target found, TargetMemory memory, Duration interval, @Nullable Path file)
            throws IOException, InterruptedException {
        Map<String, String> before = memory.verdicts();
        VisitRunner runner = new VisitRunner(
                context.clock(), found, memory, VisitRunner.waivers(context, waivers), Duration.ofSeconds(timeout));
        visiting.set(runner);
        List<Probe> probes = ProbeCatalogue.all();
        Report report = runner.visit(probes, result -> {});
        context.out().println(report.started() + " " + report.summary());
        SinceLastVisit.of(report, before).lines().forEach(line -> context.out().println("  " + line));
        report.probes().stream()
                .filter(ProbeResult::isRed)
                .forEach(probe -> context.out().println("  " + probe.id() + " " + probe.seen()));
        context.out().flush();
        if (file != null && report.complete()) {
            ReportFile.replacePublic(file, MetricsReport.of(report, interval));
        }
        runner.remember(report);
        return report.exitCode();
    }
}
