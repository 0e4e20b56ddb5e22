package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.app.cli.Json;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.PrintableText;
import bulwark.tasks.schedule.ScheduleEditor;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleJson;
import bulwark.tasks.setup.ScheduleAccess;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What runs when. */
@Command(
        name = "schedule",
        mixinStandardHelpOptions = true,
        description = "List and edit the schedules that a beat sends.",
        subcommands = {
            ScheduleCommand.ListAll.class,
            ScheduleCommand.Show.class,
            ScheduleApplyCommand.class,
            ScheduleCommand.Delete.class,
            ScheduleCommand.Enable.class,
            ScheduleCommand.Disable.class,
            ScheduleDryRunCommand.class
        })
final class ScheduleCommand extends CommandGroup {
    ScheduleCommand(CommandContext context) {
        super(context);
    }

    /** Where the schedules are. */
    static final class In {
        @Mixin
        final SettingsOptions settings;

        In(CommandContext context) {
            this.settings = new SettingsOptions(context);
        }

        ScheduleAccess open() {
            return ScheduleAccess.of(
                    settings.configuration(),
                    settings.directory(),
                    settings.session().clock());
        }

        ScheduleEditor edits(ScheduleAccess schedules) {
            return new ScheduleEditor(schedules.store(), settings.session().clock());
        }

        PrintStream out() {
            return settings.session().out();
        }

        PrintStream err() {
            return settings.session().err();
        }
    }

    /** Which schedule. */
    static final class Which {
        @Parameters(arity = "0..1", paramLabel = "ID", description = "Id of the schedule.")
        private @Nullable String positional;

        @Option(
                names = {"-i", "--id"},
                paramLabel = "ID",
                description = "Id of the schedule.")
        private @Nullable String option;

        @Nullable
        String given() {
            return option != null ? option : positional;
        }

        String id() {
            String id = given();
            if (id == null || id.isBlank()) {
                throw CommandFailed.usage("Missing schedule identifier (use --id or positional argument).");
            }
            return id;
        }
    }

    static CommandFailed notFound(String id) {
        return CommandFailed.usage("Schedule \"" + PrintableText.line(id) + "\" not found.");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "All schedules, by their next run.")
    static final class ListAll implements Callable<Integer> {
        private static final String TITLES =
                "ID        | Task           | Queue    | Spec             | Next Run                | Last Run                | Jitter  | Enabled";
        private static final String RULE =
                "----------+----------------+----------+------------------+------------------------+------------------------+---------+---------";

        @Mixin
        private final In in;

        ListAll(CommandContext context) {
            this.in = new In(context);
        }

        @Override
        public Integer call() {
            try (ScheduleAccess schedules = in.open()) {
                List<ScheduleEntry> entries = schedules.store().list();
                if (entries.isEmpty()) {
                    in.out().println("No schedules found.");
                    return 0;
                }
                in.out().println(TITLES);
                in.out().println(RULE);
                entries.forEach(this::print);
                return 0;
            }
        }

        private void print(ScheduleEntry entry) {
            new ScheduleLine()
                    .cell(entry.id(), 10)
                    .cell(entry.taskName(), 16)
                    .cell(entry.queue(), 10)
                    .cell(ScheduleLine.spec(entry.spec()), 18)
                    .cell(ScheduleLine.time(entry.run().nextRunAt()), 24)
                    .cell(ScheduleLine.time(entry.run().lastRunAt()), 24)
                    .spaced(entry.jitter().isZero() ? "-" : ScheduleLine.millis(entry.jitter()), 7, false)
                    .last(entry.enabled() ? "yes" : "no", in.out());
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "One schedule and its run state as JSON.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private final In in;

        @Mixin
        private final Which which = new Which();

        Show(CommandContext context) {
            this.in = new In(context);
        }

        @Override
        public Integer call() {
            String id = which.id();
            try (ScheduleAccess schedules = in.open()) {
                ScheduleEntry entry = schedules.store().get(id).orElseThrow(() -> notFound(id));
                in.out().println(Json.pretty(ScheduleJson.json(entry)));
                return 0;
            }
        }
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Remove a schedule and its history.")
    static final class Delete implements Callable<Integer> {
        @Mixin
        private final In in;

        @Mixin
        private final Which which = new Which();

        @Option(
                names = {"-y", "--yes"},
                description = "Apply the change; without this option nothing is changed.")
        private boolean yes;

        Delete(CommandContext context) {
            this.in = new In(context);
        }

        @Override
        public Integer call() {
            String id = which.id();
            if (!yes) {
                throw CommandFailed.usage("Deletion requires --yes confirmation.");
            }
            try (ScheduleAccess schedules = in.open()) {
                schedules.store().remove(id);
                in.out().println("Deleted schedule \"" + PrintableText.line(id) + "\".");
                return 0;
            }
        }
    }

    @Command(
            name = "enable",
            mixinStandardHelpOptions = true,
            description = "Enable a schedule from now on and clear its last error.")
    static final class Enable implements Callable<Integer> {
        @Mixin
        private final In in;

        @Mixin
        private final Which which = new Which();

        Enable(CommandContext context) {
            this.in = new In(context);
        }

        @Override
        public Integer call() {
            String id = which.id();
            try (ScheduleAccess schedules = in.open()) {
                ScheduleEntry entry = in.edits(schedules).enable(id).orElseThrow(() -> notFound(id));
                if (!entry.enabled()) {
                    throw CommandFailed.usage("Schedule \"" + PrintableText.line(id)
                            + "\" runs once, and its time has passed: apply it with" + " another time.");
                }
                in.out().println("Enabled schedule \"" + PrintableText.line(id) + "\".");
                if (entry.run().nextRunAt() == null) {
                    in.err().println("warning: it has no further run");
                }
                return 0;
            }
        }
    }

    @Command(
            name = "disable",
            mixinStandardHelpOptions = true,
            description = "Disable a schedule; its run history is kept.")
    static final class Disable implements Callable<Integer> {
        @Mixin
        private final In in;

        @Mixin
        private final Which which = new Which();

        Disable(CommandContext context) {
            this.in = new In(context);
        }

        @Override
        public Integer call() {
            String id = which.id();
            try (ScheduleAccess schedules = in.open()) {
                if (in.edits(schedules).disable(id).isEmpty()) {
                    throw notFound(id);
                }
                in.out().println("Disabled schedule \"" + PrintableText.line(id) + "\".");
                return 0;
            }
        }
    }
}
