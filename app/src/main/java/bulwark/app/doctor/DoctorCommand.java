package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.doctor.client.ProbeClient;
import bulwark.doctor.memory.TargetMemory;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.report.ProbeResult;
import bulwark.doctor.report.Report;
import bulwark.doctor.report.ReportTable;
import bulwark.doctor.report.SinceLastVisit;
import bulwark.doctor.run.ProbeRun;
import bulwark.doctor.run.ProbeSelection;
import bulwark.doctor.target.Target;
import bulwark.doctor.waiver.WaiverFile;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.time.UuidV7;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at a running deployment from outside. */
@Command(
        name = "doctor",
        description = "Prove or refute each control of a running deployment by looking at it from outside. Ends with 0"
                + " when nothing is refuted, 1 when something is, 2 for a wrong command line, 3 when something could not be"
                + " looked at.",
        subcommands = {ProbeExplainCommand.class, TargetCommand.class, PinsCommand.class})
public final class DoctorCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final TargetOptions target;

    @Option(names = "--list", description = "List every probe instead of looking.")
    private boolean list;

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    @Option(names = "--quiet", description = "Print only what is refuted or could not be seen.")
    private boolean quiet;

    @Option(names = "--since", description = "Also print what is new since the last visit, mended, or still so.")
    private boolean since;

    @Option(
            names = "--only",
            paramLabel = "ID",
            split = ",",
            description = "Only these probes; the beginning of an id stands for all that begin so.")
    private List<String> only = List.of();

    @Option(names = "--skip", paramLabel = "ID", split = ",", description = "All probes but these; as with --only.")
    private List<String> skip = List.of();

    @Option(
            names = "--part",
            paramLabel = "NAME",
            split = ",",
            description = "Only probes of these parts, or of the host.")
    private List<String> parts = List.of();

    @Option(
            names = "--waivers",
            paramLabel = "FILE",
            description = "Findings that somebody answers for (default: waivers.yaml in this folder, if it is there).")
    private @Nullable Path waivers;

    @Option(
            names = "--bundle",
            paramLabel = "DIR",
            description = "Also sign what the whole visit saw, into this folder: posture-TIME.sigstore.json.")
    private @Nullable Path bundle;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Time for the whole visit (default ${DEFAULT-VALUE}).")
    private int timeout = 60;

    DoctorCommand(CommandContext context) {
        this.context = context;
        this.target = new TargetOptions(context);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Probe> selected = new ProbeSelection(only, skip, parts).of(ProbeCatalogue.all());
        if (list) {
            ProbeList.print(context.out(), selected, json);
            return 0;
        }
        if (bundle != null && !(only.isEmpty() && skip.isEmpty() && parts.isEmpty())) {
            throw CommandFailed.usage("--bundle signs what a whole visit saw: leave --only, --skip and --part out");
        }
        WaiverFile waived = waiverFile();
        Target found = target.find();
        try (TargetMemory memory = TargetMemory.open(target.memory(), found.name())) {
            Map<String, String> before = memory.verdicts();
            boolean first = memory.firstVisit();
            Report report = visit(found, memory, selected, waived);
            remember(memory, report);
            if (json) {
                context.out().write(report.json());
                context.out().flush();
            } else {
                new ReportTable(context.out(), colours(), width()).print(report, quiet);
                if (first) {
                    context.out()
                            .println("This was the first visit: what it saw is pinned in " + memory.folder()
                                    + ", and compared from now on.");
                }
                if (since) {
                    SinceLastVisit.of(report, before).lines().forEach(context.out()::println);
                }
            }
            if (bundle != null) {
                new PostureWriter(context.directory().resolve(bundle), memory, context.clock())
                        .write(found, report, json ? context.err() : context.out());
            }
            return report.exitCode();
        }
    }

    private WaiverFile waiverFile() throws IOException {
        Path file = context.directory().resolve(waivers == null ? Path.of("waivers.yaml") : waivers);
        return waivers == null && !Files.exists(file)
                ? WaiverFile.NONE
                : WaiverFile.read(file, ProbeCatalogue.ids(), today());
    }

    private LocalDate today() {
        return LocalDate.ofInstant(context.clock().instant(), ZoneOffset.UTC);
    }

    private Report visit(Target found, TargetMemory memory, List<Probe> selected, WaiverFile waived)
            throws InterruptedException {
        Instant started = context.clock().instant();
        long from = System.nanoTime();
        String id = UuidV7.next(started);
        try (ProbeClient client = new ProbeClient(found, id)) {
            Visit visit = new Visit(found, client, memory, context.clock());
            ProbeRun run = new ProbeRun(visit, Duration.ofSeconds(timeout), progress());
            List<ProbeResult> results = run.run(selected).stream()
                    .map(result -> waived.apply(result, found.name(), today()))
                    .toList();
            return new Report(
                    found.name(),
                    id,
                    started,
                    (System.nanoTime() - from) / 1_000_000,
                    client.sent(),
                    run.isComplete(),
                    results);
        }
    }

    private static void remember(TargetMemory memory, Report report) throws IOException {
        Map<String, String> words = new TreeMap<>();
        report.probes().forEach(probe -> words.put(probe.id(), probe.status().word()));
        memory.save(report.started().toString(), words);
    }

    private Consumer<ProbeResult> progress() {
        if (json || quiet || !onTerminal()) {
            return result -> {};
        }
        return result -> context.err()
                .print("\r\u001b[K" + result.id() + " " + result.status().word() + "\r\u001b[K");
    }

    private boolean colours() {
        return onTerminal()
                && context.environment().getOrDefault("NO_COLOR", "").isEmpty();
    }

    private static boolean onTerminal() {
        java.io.Console console = System.console();
        return console != null && console.isTerminal();
    }

    private int width() {
        String columns = context.environment().getOrDefault("COLUMNS", "");
        return columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : 120;
    }
}
