package bulwark.app.stem;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.envelope.EnvelopeText;
import bulwark.tasks.setup.Tasks;
import bulwark.tasks.time.TimeText;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
final class DlqCommand extends Group {
    private static final int SHOWN = 10;

    DlqCommand(Session session) {
        super(session);
    }

    /** What all of them need. */
    static final class OfQueue {
        @Mixin
        final Place place;

        @Option(
                names = {"-q", "--queue"},
                required = true,
                description = "Queue whose dead letters are shown.")
        String queue = "";

        OfQueue(Session session) {
            this.place = new Place(session);
        }

        PrintStream out() {
            return place.session().out();
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Number of entries, newest first.")
    static final class ListLetters implements Callable<Integer> {
        @Mixin
        private final OfQueue of;

        @Option(
                names = {"-l", "--limit"},
                description = "Maximum number of entries shown (default ${DEFAULT-VALUE}).")
        private int limit = 50;

        @Option(names = "--offset", description = "Number of entries to skip.")
        private int offset;

        @Option(names = "--since", paramLabel = "TIME", description = "Only entries dead-lettered at or after TIME.")
        private @Nullable String since;

        ListLetters(Session session) {
            this.of = new OfQueue(session);
        }

        @Override
        public Integer call() {
            try (Tasks tasks = of.place.open()) {
                DeadLetter.Page page = tasks.stores()
                        .broker()
                        .deadLetters(of.queue, offset, Math.max(1, limit), Options.timeOrNull("--since", since));
                if (page.letters().isEmpty()) {
                    of.out().println("No dead letter entries found.");
                    return 0;
                }
                Table table = new Table()
                        .column("ID", 36)
                        .column("Task", 24)
                        .column("Attempts", 8)
                        .column("DeadAt", 24)
                        .column("Reason", 40);
                table.header(of.out());
                page.letters()
                        .forEach(letter -> table.row(
                                of.out(),
                                id(letter),
                                task(letter),
                                letter.message() == null
                                        ? "-"
                                        : String.valueOf(letter.message().attempt()),
                                TimeText.of(letter.deadAt()),
                                letter.reason()));
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
        private final OfQueue of;

        @Option(
                names = {"-i", "--id"},
                required = true,
                description = "The task's id.")
        private String id = "";

        Show(Session session) {
            this.of = new OfQueue(session);
        }

        @Override
        public Integer call() {
            try (Tasks tasks = of.place.open()) {
                DeadLetter letter = tasks.stores()
                        .broker()
                        .deadLetter(of.queue, id)
                        .orElseThrow(() -> new StemFailed(
                                StemFailed.NEGATIVE,
                                "Dead letter \"" + id + "\" not found in queue \"" + of.queue + "\"."));
                of.out().println(Json.pretty(json(letter)));
                return 0;
            }
        }
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description =
                    "Put dead letters back into their queue, oldest first. With a signing key those whose signature holds are signed anew"
                            + " as the next attempt; all others go back word for word.")
    static final class Replay implements Callable<Integer> {
        @Mixin
        private final OfQueue of;

        @Option(
                names = {"-l", "--limit"},
                description = "Maximum number of entries replayed (default ${DEFAULT-VALUE}).")
        private int limit = 10;

        @Option(names = "--since", paramLabel = "TIME", description = "Only entries dead-lettered at or after TIME.")
        private @Nullable String since;

        @Option(names = "--delay", paramLabel = "DURATION", description = "Delay redelivery by DURATION.")
        private @Nullable String delay;

        @Option(
                names = {"-i", "--id"},
                description = "Only this task.")
        private @Nullable String id;

        @Option(names = "--dry-run", description = "Show what would be replayed.")
        private boolean dryRun;

        @Option(
                names = {"-y", "--yes"},
                description = "Apply the change; without this option nothing is changed.")
        private boolean yes;

        Replay(Session session) {
            this.of = new OfQueue(session);
        }

        @Override
        public Integer call() {
            if (!yes && !dryRun) {
                throw StemFailed.usage("replay runs tasks again: confirm with --yes, or look first with --dry-run");
            }
            Duration wait = delay == null ? Duration.ZERO : Options.duration("--delay", delay);
            DeadLetter.Replay request =
                    new DeadLetter.Replay(Math.max(1, limit), Options.timeOrNull("--since", since), wait, id, dryRun);
            try (Tasks tasks = of.place.open()) {
                NextAttempt next = new NextAttempt(
                        tasks.signing(),
                        of.queue,
                        wait.isZero() ? null : tasks.clock().instant().plus(wait));
                print(tasks.stores().broker().replay(of.queue, request, next));
                next.notes().forEach(note -> of.place.session().err().println("warning: " + note));
                return 0;
            }
        }

        private void print(List<DeadLetter> letters) {
            if (letters.isEmpty()) {
                of.out().println("No dead letter entries were replayed.");
                return;
            }
            of.out()
                    .println((dryRun ? "Would replay " : "Replayed ") + entries(letters.size()) + " from " + of.queue
                            + ".");
            letters.stream()
                    .limit(SHOWN)
                    .forEach(letter -> of.out()
                            .println(" - " + Table.printable(id(letter)) + " ("
                                    + Table.printable(task(letter)) + ") [attempt "
                                    + (letter.message() == null
                                            ? 0
                                            : letter.message().attempt()) + "] reason="
                                    + Table.printable(letter.reason())));
            if (letters.size() > SHOWN) {
                of.out().println("   ... " + (letters.size() - SHOWN) + " more");
            }
        }
    }

    @Command(
            name = "purge",
            mixinStandardHelpOptions = true,
            description = "Remove dead letters for good, newest first.")
    static final class Purge implements Callable<Integer> {
        @Mixin
        private final OfQueue of;

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

        Purge(Session session) {
            this.of = new OfQueue(session);
        }

        @Override
        public Integer call() {
            if (!yes) {
                throw StemFailed.usage("purge removes entries for good: confirm with --yes");
            }
            try (Tasks tasks = of.place.open()) {
                int removed =
                        tasks.stores().broker().purgeDeadLetters(of.queue, limit, Options.timeOrNull("--since", since));
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

    static String id(DeadLetter letter) {
        return letter.message() == null
                ? letter.fields().getOrDefault("id", "(malformed)")
                : letter.message().envelope().id();
    }

    static String task(DeadLetter letter) {
        return letter.message() == null
                ? letter.fields().getOrDefault("name", "-")
                : letter.message().envelope().name();
    }

    private static ObjectNode json(DeadLetter letter) {
        ObjectNode json = Json.object()
                .put("queue", letter.queue())
                .put("deadAt", TimeText.of(letter.deadAt()))
                .put("reason", letter.reason());
        json.set("meta", letter.meta());
        if (letter.message() != null) {
            json.set("envelope", Json.parseObject(EnvelopeText.json(letter.message()), "the stored envelope"));
        } else {
            ObjectNode fields = json.putNull("envelope").putObject("fields");
            letter.fields().forEach(fields::put);
        }
        return json;
    }
}
