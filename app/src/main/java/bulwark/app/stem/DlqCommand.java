package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.app.cli.Json;
import bulwark.app.cli.OptionParsers;
import bulwark.app.cli.TextTable;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.PrintableText;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.FieldText;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.setup.TaskRuntime;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** What could not be run, and what becomes of it. */
@Command(
        name = "dlq",
        mixinStandardHelpOptions = true,
        description = "Dead letters: tasks that could not be run.",
        subcommands = {
            DlqCommand.ListLetters.class,
            DlqCommand.Show.class,
            DlqCommand.Replay.class,
            DlqCommand.Purge.class
        })
final class DlqCommand extends CommandGroup {
    private static final int SHOWN = 10;

    DlqCommand(CommandContext context) {
        super(context);
    }

    /** What all of them need. */
    static final class QueueOption {
        @Mixin
        final SettingsOptions settings;

        @Option(
                names = {"-q", "--queue"},
                required = true,
                description = "Queue whose dead letters are shown.")
        String queue = "";

        QueueOption(CommandContext context) {
            this.settings = new SettingsOptions(context);
        }

        PrintStream out() {
            return settings.session().out();
        }
    }

    /** One dead letter. */
    static final class Named {
        @Option(
                names = {"-i", "--id"},
                description = "The id of the task.")
        private @Nullable String id;

        @Option(names = "--entry", description = "The entry that dlq list shows; also of what names no task.")
        private @Nullable String entry;

        DeadLetter.@Nullable Name name() {
            return entry != null ? new DeadLetter.Entry(entry) : id != null ? new DeadLetter.OfTask(id) : null;
        }

        String word() {
            return entry != null ? entry : String.valueOf(id);
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Number of entries, newest first.")
    static final class ListLetters implements Callable<Integer> {
        @Mixin
        private final QueueOption of;

        @Option(
                names = {"-l", "--limit"},
                description = "Maximum number of entries shown (default ${DEFAULT-VALUE}).")
        private int limit = 50;

        @Option(names = "--offset", description = "Number of entries to skip.")
        private int offset;

        @Option(names = "--since", paramLabel = "TIME", description = "Only entries dead-lettered at or after TIME.")
        private @Nullable String since;

        ListLetters(CommandContext context) {
            this.of = new QueueOption(context);
        }

        @Override
        public Integer call() {
            try (TaskRuntime runtime = of.settings.open()) {
                DeadLetter.Page page = runtime.stores()
                        .broker()
                        .deadLetters()
                        .page(
                                of.queue,
                                OptionParsers.number("--offset", offset, 0, Integer.MAX_VALUE),
                                OptionParsers.number("--limit", limit, 1, Integer.MAX_VALUE),
                                TimeOptions.timeOrNull("--since", since));
                if (page.deadLetters().isEmpty()) {
                    of.out().println("No dead letter entries found.");
                    return 0;
                }
                TextTable table = new TextTable()
                        .column("ID", 36)
                        .column("Task", 24)
                        .column("Attempts", 8)
                        .column("DeadAt", 24)
                        .column("Entry", 16)
                        .column("Reason", 40);
                table.header(of.out());
                page.deadLetters()
                        .forEach(deadLetter -> table.row(
                                of.out(),
                                id(deadLetter),
                                task(deadLetter),
                                deadLetter.message() == null
                                        ? "-"
                                        : String.valueOf(deadLetter.message().attempt()),
                                DartTimestamps.of(deadLetter.deadAt()),
                                deadLetter.entry(),
                                deadLetter.reason()));
                if (page.nextOffset() >= 0) {
                    of.out().println("More entries available. Next offset: " + page.nextOffset() + ".");
                }
                return 0;
            }
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "One dead letter as JSON.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private final QueueOption of;

        @ArgGroup(multiplicity = "1")
        private Named named = new Named();

        Show(CommandContext context) {
            this.of = new QueueOption(context);
        }

        @Override
        public Integer call() {
            try (TaskRuntime runtime = of.settings.open()) {
                DeadLetter deadLetter = runtime.stores()
                        .broker()
                        .deadLetters()
                        .one(of.queue, Objects.requireNonNull(named.name()))
                        .orElseThrow(() -> CommandFailed.negative(
                                "Dead letter \"" + named.word() + "\" not found in queue \"" + of.queue + "\"."));
                of.out().println(Json.pretty(json(deadLetter)));
                return 0;
            }
        }
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description =
                    "Put dead letters back into their queue, oldest first. With a signing key those whose signature holds are signed anew"
                            + " as the next attempt; all others go back word for word. What was no envelope goes back only when it is named with --id or --entry.")
    static final class Replay implements Callable<Integer> {
        @Mixin
        private final QueueOption of;

        @Option(
                names = {"-l", "--limit"},
                description = "Maximum number of entries replayed (default ${DEFAULT-VALUE}).")
        private int limit = 10;

        @Option(names = "--since", paramLabel = "TIME", description = "Only entries dead-lettered at or after TIME.")
        private @Nullable String since;

        @Option(names = "--delay", paramLabel = "DURATION", description = "Delay redelivery by DURATION.")
        private @Nullable String delay;

        @ArgGroup
        private Named named = new Named();

        @Option(names = "--dry-run", description = "Show what would be replayed.")
        private boolean dryRun;

        @Option(
                names = {"-y", "--yes"},
                description = "Apply the change; without this option nothing is changed.")
        private boolean yes;

        Replay(CommandContext context) {
            this.of = new QueueOption(context);
        }

        @Override
        public Integer call() {
            if (!yes && !dryRun) {
                throw CommandFailed.usage("replay runs tasks again: confirm with --yes, or look first with --dry-run");
            }
            Duration wait = delay == null ? Duration.ZERO : OptionParsers.duration("--delay", delay);
            DeadLetter.Replay request = new DeadLetter.Replay(
                    OptionParsers.number("--limit", limit, 1, Integer.MAX_VALUE),
                    TimeOptions.timeOrNull("--since", since),
                    wait,
                    named.name(),
                    dryRun);
            try (TaskRuntime runtime = of.settings.open()) {
                ReplayPreparer next = new ReplayPreparer(
                        runtime.signing(),
                        of.queue,
                        wait.isZero() ? null : runtime.clock().instant().plus(wait));
                print(runtime.stores().broker().deadLetters().replay(of.queue, request, next));
                next.notes().forEach(note -> of.settings.session().err().println("warning: " + note));
                return 0;
            }
        }

        private void print(List<DeadLetter> deadLetters) {
            if (deadLetters.isEmpty()) {
                of.out().println("No dead letter entries were replayed.");
                return;
            }
            of.out()
                    .println((dryRun ? "Would replay " : "Replayed ") + entries(deadLetters.size()) + " from "
                            + of.queue + ".");
            deadLetters.stream()
                    .limit(SHOWN)
                    .forEach(deadLetter -> of.out()
                            .println(" - " + PrintableText.line(id(deadLetter)) + " ("
                                    + PrintableText.line(task(deadLetter)) + ") [attempt "
                                    + (deadLetter.message() == null
                                            ? 0
                                            : deadLetter.message().attempt()) + "] reason="
                                    + PrintableText.line(deadLetter.reason())));
            if (deadLetters.size() > SHOWN) {
                of.out().println("   ... " + (deadLetters.size() - SHOWN) + " more");
            }
        }
    }

    @Command(
            name = "purge",
            mixinStandardHelpOptions = true,
            description = "Remove dead letters for good, newest first.")
    static final class Purge implements Callable<Integer> {
        @Mixin
        private final QueueOption of;

        @Option(
                names = {"-l", "--limit"},
                description = "Maximum number of entries removed (default: all).")
        private @Nullable Integer limit;

        @Option(names = "--since", paramLabel = "TIME", description = "Only entries dead-lettered at or after TIME.")
        private @Nullable String since;

        @Option(
                names = {"-y", "--yes"},
                description = "Apply the change; without this option nothing is changed.")
        private boolean yes;

        Purge(CommandContext context) {
            this.of = new QueueOption(context);
        }

        @Override
        public Integer call() {
            if (!yes) {
                throw CommandFailed.usage("purge removes entries for good: confirm with --yes");
            }
            try (TaskRuntime runtime = of.settings.open()) {
                int removed = runtime.stores()
                        .broker()
                        .deadLetters()
                        .purge(of.queue, limit, TimeOptions.timeOrNull("--since", since));
                of.out()
                        .println("Removed " + removed + " dead letter " + (removed == 1 ? "entry" : "entries")
                                + " from " + of.queue + ".");
                return 0;
            }
        }
    }

    private static String entries(int count) {
        return count + (count == 1 ? " entry" : " entries");
    }

    static String id(DeadLetter deadLetter) {
        return deadLetter.taskId().isEmpty() ? "(malformed)" : deadLetter.taskId();
    }

    static String task(DeadLetter deadLetter) {
        return deadLetter.message() == null
                ? deadLetter.fields().getOrDefault("name", "-")
                : deadLetter.message().envelope().name();
    }

    private static ObjectNode json(DeadLetter deadLetter) {
        ObjectNode json = Json.object()
                .put("entry", deadLetter.entry())
                .put("queue", deadLetter.queue())
                .put("deadAt", DartTimestamps.of(deadLetter.deadAt()))
                .put("reason", deadLetter.reason());
        json.set("meta", deadLetter.meta());
        if (deadLetter.message() != null) {
            json.set("envelope", Json.parseObject(EnvelopeCodec.json(deadLetter.message()), "the stored envelope"));
        } else {
            ObjectNode fields = json.putNull("envelope").putObject("fields");
            ObjectNode stored = json.putObject("stored");
            deadLetter.fields().forEach((name, value) -> {
                String shown = FieldText.shown(name);
                fields.put(shown, FieldText.shown(value));
                stored.putObject(shown)
                        .put("length", FieldText.bytes(value).length)
                        .put("encoding", FieldText.isBinary(value) ? "base64" : "utf-8");
            });
        }
        return json;
    }
}
