package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.CommandFailed;
import bulwark.tasks.schedule.FileScheduleStore;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.setup.ScheduleAccess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Schedules and how they fared. */
@Command(
        name = "schedules",
        mixinStandardHelpOptions = true,
        description =
                "What is due, and how late and how well schedules ran. Overdue is what a beat should have sent five seconds ago.")
final class ObserveSchedulesCommand implements Callable<Integer> {
    private static final Duration LATE = Duration.ofSeconds(5);
    private static final String TITLES =
            "ID        | Task           | Queue     | Next Run                | Last Run                | Total | Drift   | Last Error";
    private static final String RULE =
            "----------+----------------+-----------+------------------------+------------------------+-------+---------+-----------";

    @Mixin
    private final ScheduleCommand.In in;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "PATH",
            description = "A file of schedules to show instead of the store.")
    private @Nullable Path file;

    ObserveSchedulesCommand(CommandContext context) {
        this.in = new ScheduleCommand.In(context);
    }

    @Override
    public Integer call() {
        List<ScheduleEntry> entries = entries();
        if (entries.isEmpty()) {
            in.out().println("No schedules found.");
            return 0;
        }
        Instant now = in.settings.session().clock().instant();
        Optional<Duration> drift = entries.stream()
                .flatMap(entry -> Optional.ofNullable(entry.run().drift()).stream())
                .map(Duration::abs)
                .max(Comparator.naturalOrder());
        in.out()
                .println("Summary: due=" + due(entries, now) + " overdue=" + due(entries, now.minus(LATE))
                        + drift.map(d -> ", maxDrift=" + ScheduleLine.millis(d)).orElse(""));
        in.out().println(TITLES);
        in.out().println(RULE);
        entries.forEach(this::print);
        return 0;
    }

    private List<ScheduleEntry> entries() {
        if (file != null) {
            Path path = in.settings.session().directory().resolve(file);
            if (!Files.isRegularFile(path)) {
                throw CommandFailed.usage("Schedules file not found: " + path);
            }
            return new FileScheduleStore(path).list();
        }
        try (ScheduleAccess schedules = in.open()) {
            return schedules.store().list();
        }
    }

    private static long due(List<ScheduleEntry> entries, Instant now) {
        return entries.stream()
                .filter(entry -> entry.enabled()
                        && entry.run().nextRunAt() != null
                        && !entry.run().nextRunAt().isAfter(now)
                        && (entry.expireAt() == null || entry.expireAt().isAfter(now)))
                .count();
    }

    private void print(ScheduleEntry entry) {
        new ScheduleLine()
                .cell(entry.id(), 10)
                .cell(entry.taskName(), 16)
                .cell(entry.queue(), 10)
                .cell(ScheduleLine.time(entry.run().nextRunAt()), 24)
                .cell(ScheduleLine.time(entry.run().lastRunAt()), 24)
                .spaced(String.valueOf(entry.run().totalRunCount()), 5, true)
                .spaced(ScheduleLine.millis(entry.run().drift()), 7, false)
                .last(Objects.requireNonNullElse(entry.run().lastError(), "-"), in.out());
    }
}
