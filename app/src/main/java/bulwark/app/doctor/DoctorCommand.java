package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.doctor.memory.TargetMemory;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.report.ProbeResult;
import bulwark.doctor.report.Report;
import bulwark.doctor.report.ReportTable;
import bulwark.doctor.report.SinceLastVisit;
import bulwark.doctor.run.ProbeSelection;
import bulwark.doctor.target.Target;
import bulwark.doctor.waiver.WaiverFile;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ErrorReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
        subcommands = {ProbeExplainCommand.class, TargetCommand.class, PinsCommand.class, WatchCommand.class})
public final class DoctorCommand implements Callable<Integer> {
    /** Something could not be looked at, or what was seen could not be written. */
    static final int NOT_WHOLE = 3;

    private final CommandContext context;

    @Mixin
    private final TargetOptions target;

    @Mixin
    private final OutputOptions outputs;

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
            names = "--fix",
            description =
                    "Then mend the few things that can be mended safely: print each change, ask, make it, look again.")
    private boolean fix;

    @Option(names = "--yes", description = "With --fix: make the changes without asking.")
    private boolean yes;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Time for the whole visit (default ${DEFAULT-VALUE}).")
    private int timeout = 60;

    DoctorCommand(CommandContext context) {
        this.context = context;
        this.target = new TargetOptions(context);
        this.outputs = new OutputOptions(context);
    }

    @Override
    public Integer call() throws InterruptedException {
        List<Probe> selected = new ProbeSelection(only, skip, parts).of(ProbeCatalogue.all());
        if (list) {
            ProbeList.print(context.out(), selected, json);
            return 0;
        }
        if (bundle != null && !(only.isEmpty() && skip.isEmpty() && parts.isEmpty())) {
            throw CommandFailed.usage("--bundle signs what a whole visit saw: leave --only, --skip and --part out");
        }
        if (fix && bundle != null || yes && !fix) {
            throw CommandFailed.usage(
                    fix
                            ? "--bundle signs one visit, and --fix looks twice: mend first, and sign the next visit"
                            : "--yes is the answer to --fix: say both, or neither");
        }
        outputs.check();
        try {
            return look(selected);
        } catch (IOException e) {
            // A 1 would say that something was refuted.
            ErrorReport.print(e, context.err());
            return NOT_WHOLE;
        }
    }

    private int look(List<Probe> selected) throws IOException, InterruptedException {
        WaiverFile waived = VisitRunner.waivers(context, waivers);
        Target found = target.find();
        if (fix && found.state().isEmpty()) {
            throw CommandFailed.usage("--fix changes files of this machine, and " + found.name()
                    + " is seen over the network alone: run the doctor there, with --state");
        }
        try (TargetMemory memory = TargetMemory.open(target.memory(), found.name())) {
            Map<String, String> before = memory.verdicts();
            boolean first = memory.firstVisit();
            VisitRunner runner = new VisitRunner(context.clock(), found, memory, waived, Duration.ofSeconds(timeout));
            try (VisitInterrupt _ = new VisitInterrupt(runner::stop)) {
                Report seen = runner.visit(selected, progress());
                print(seen, before, first ? memory.folder() : null);
                Report report = fix ? new FixRunner(context, runner, yes).run(seen, selected) : seen;
                boolean whole = remember(runner, memory, report);
                whole &= outputs.write(report);
                whole &= sign(found, memory, report);
                return whole ? report.exitCode() : NOT_WHOLE;
            }
        }
    }

    private boolean remember(VisitRunner runner, TargetMemory memory, Report report) {
        try {
            runner.remember(report);
            return true;
        } catch (IOException e) {
            context.err().println("error: " + OutputOptions.notWritten("--memory", memory.folder(), e));
            return false;
        }
    }

    /** @param firstAt where a first visit keeps its pins, or null for a later one */
    private void print(Report report, Map<String, String> before, @Nullable Path firstAt) {
        if (json) {
            context.out().writeBytes(report.json());
            context.out().flush();
            return;
        }
        new ReportTable(context.out(), colours(), width()).print(report, quiet);
        if (firstAt != null) {
            context.out()
                    .println("This was the first visit: what it saw is pinned in " + firstAt
                            + ", and compared from now on.");
        }
        if (since) {
            SinceLastVisit.of(report, before).lines().forEach(context.out()::println);
        }
    }

    /** @return false when a bundle was asked for and is not there; a sentence stands on the error stream then */
    private boolean sign(Target found, TargetMemory memory, Report report) {
        if (bundle == null) {
            return true;
        }
        if (!report.complete()) {
            context.err()
                    .println("error: the visit was ended early, so what it saw is not the whole, and is not signed:"
                            + " look again, and give it more time with --timeout where it needs more");
            return false;
        }
        Path into = context.directory().resolve(bundle);
        try {
            new PostureWriter(into, memory, context.clock()).write(found, report, json ? context.err() : context.out());
            return true;
        } catch (IOException e) {
            context.err().println("error: " + OutputOptions.notWritten("--bundle", into, e));
            return false;
        }
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
