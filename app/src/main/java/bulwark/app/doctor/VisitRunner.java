package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.doctor.client.ProbeClient;
import bulwark.doctor.memory.TargetMemory;
import bulwark.doctor.probe.Fix;
import bulwark.doctor.probe.FixableProbe;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.Verdict;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.report.ProbeResult;
import bulwark.doctor.report.Report;
import bulwark.doctor.run.ProbeRun;
import bulwark.doctor.target.Target;
import bulwark.doctor.waiver.WaiverFile;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.time.UuidV7;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes visits to one target: runs probes and applies waivers. One visit at a time; {@link #stop} is for any thread. */
final class VisitRunner {
    private final Clock clock;
    private final Target target;
    private final TargetMemory memory;
    private final WaiverFile waivers;
    private final Duration timeout;
    private final AtomicReference<@Nullable ProbeRun> running = new AtomicReference<>();
    private volatile boolean stopped;

    /** @param timeout of a whole visit */
    VisitRunner(Clock clock, Target target, TargetMemory memory, WaiverFile waivers, Duration timeout) {
        this.clock = clock;
        this.target = target;
        this.memory = memory;
        this.waivers = waivers;
        this.timeout = timeout;
    }

    /** What somebody answers for. @param named with {@code --waivers}, or null for {@code waivers.yaml} where it is there */
    static WaiverFile waivers(CommandContext context, @Nullable Path named) throws IOException {
        Path file = context.directory().resolve(named == null ? Path.of("waivers.yaml") : named);
        return named == null && !Files.exists(file)
                ? WaiverFile.NONE
                : WaiverFile.read(file, ProbeCatalogue.ids(), today(context.clock()));
    }

    private static LocalDate today(Clock clock) {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** One visit. @param progress told of each result, by several threads */
    Report visit(List<Probe> probes, Consumer<ProbeResult> progress) throws InterruptedException {
        Instant started = clock.instant();
        long from = System.nanoTime();
        String id = UuidV7.next(started);
        try (ProbeClient client = new ProbeClient(target, id)) {
            ProbeRun run = new ProbeRun(new Visit(target, client, memory, clock), timeout, progress);
            running.set(run);
            if (stopped) {
                run.stop();
            }
            List<ProbeResult> results = run.run(probes).stream()
                    .map(result -> waivers.apply(result, target.name(), today(clock)))
                    .toList();
            return new Report(
                    target.name(),
                    id,
                    started,
                    (System.nanoTime() - from) / 1_000_000,
                    client.sent(),
                    run.isComplete(),
                    results);
        } finally {
            running.set(null);
        }
    }

    /**
     * What would mend the finding of one probe.
     *
     * @param into gets the changes by the probe's id, where there are some
     * @param err gets a sentence where nobody can tell
     */
    void fixes(String id, List<Probe> probes, Map<String, List<Fix>> into, PrintStream err) {
        for (Probe probe : probes) {
            if (probe.description().id().equals(id) && probe instanceof FixableProbe fixable) {
                try (ProbeClient client = new ProbeClient(target, UuidV7.next(clock.instant()))) {
                    List<Fix> fixes = fixable.fixes(new Visit(target, client, memory, clock));
                    if (!fixes.isEmpty()) {
                        into.put(id, fixes);
                    }
                } catch (Exception e) {
                    err.println("--fix: nobody can tell what mends " + id + ": "
                            + PrintableText.of(String.valueOf(e.getMessage())));
                }
            }
        }
    }

    /** For the next visit. What could not be looked at keeps the verdict that it had: nobody saw it change. */
    void remember(Report report) throws IOException {
        Map<String, String> words = new TreeMap<>();
        report.probes().stream()
                .filter(probe -> probe.status() != Verdict.ERROR)
                .forEach(probe -> words.put(probe.id(), probe.status().word()));
        memory.save(report.started().toString(), words);
    }

    /** Ends the visit that is being made, and each later one before it begins. */
    void stop() {
        stopped = true;
        ProbeRun run = running.get();
        if (run != null) {
            run.stop();
        }
    }

    boolean isStopped() {
        return stopped;
    }
}
