package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.kernel.error.CommandFailed;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.schedule.NextRun;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleJson;
import bulwark.tasks.schedule.ScheduleSpec;
import bulwark.tasks.setup.ScheduleAccess;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Coming times of a schedule, stored or not. */
@Command(
        name = "dry-run",
        mixinStandardHelpOptions = true,
        description =
                "When a schedule would run: one time a line, without jitter. With --spec nothing needs to be stored.")
final class ScheduleDryRunCommand implements Callable<Integer> {
    private static final int MAX_COUNT = 1000;

    @Mixin
    private final ScheduleCommand.In in;

    @Mixin
    private final ScheduleCommand.Which which = new ScheduleCommand.Which();

    @Option(
            names = "--spec",
            description = "every:5m, a cron expression, or JSON with its kind; instead of the stored one.")
    private @Nullable String spec;

    @Option(
            names = "--timezone",
            paramLabel = "ZONE",
            description = "Of a cron expression; instead of the stored one (default: UTC).")
    private @Nullable String timezone;

    @Option(names = "--count", description = "How many (default ${DEFAULT-VALUE}).")
    private int count = 5;

    @Option(names = "--from", paramLabel = "TIME", description = "Times later than this (default: now).")
    private @Nullable String from;

    ScheduleDryRunCommand(CommandContext context) {
        this.in = new ScheduleCommand.In(context);
    }

    @Override
    public Integer call() {
        Instant start = from == null ? in.settings.session().clock().instant() : TimeOptions.time("--from", from);
        if (count < 1 || count > MAX_COUNT) {
            throw CommandFailed.usage("--count must be from 1 to " + MAX_COUNT);
        }
        NextRun times = NextRun.of(entry(), start);
        Optional<Instant> time = times.after(start);
        if (time.isEmpty()) {
            in.err().println("warning: there is no run after " + DartTimestamps.of(start));
        }
        for (int i = 0; i < count && time.isPresent(); i++) {
            in.out().println(DartTimestamps.of(time.get()));
            time = times.after(time.get());
        }
        return 0;
    }

    private ScheduleEntry entry() {
        ScheduleSpec given = spec == null ? null : ScheduleJson.ofSpec(spec);
        String id = which.given();
        if (id == null && given == null) {
            throw CommandFailed.usage("Provide an existing schedule id or --spec to evaluate.");
        }
        ScheduleEntry stored = id == null ? null : stored(id);
        Run run = given == null && stored != null ? stored.run() : Run.NEVER;
        return new ScheduleEntry(
                stored == null ? "dry-run" : stored.id(),
                "dry-run",
                "default",
                given != null || stored == null ? java.util.Objects.requireNonNull(given) : stored.spec(),
                Json.object(),
                Json.object(),
                Json.object(),
                true,
                Duration.ZERO,
                timezone != null || stored == null ? timezone : stored.timezone(),
                stored == null ? null : stored.expireAt(),
                run,
                0);
    }

    private ScheduleEntry stored(String id) {
        try (ScheduleAccess schedules = in.open()) {
            return schedules.store().get(id).orElseThrow(() -> ScheduleCommand.notFound(id));
        }
    }
}
