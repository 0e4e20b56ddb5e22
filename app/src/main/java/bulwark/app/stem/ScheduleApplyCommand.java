package bulwark.app.stem;

import bulwark.tasks.schedule.Definitions;
import bulwark.tasks.schedule.ScheduleEdits;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.setup.OpenSchedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Definitions of a file into the store. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description =
                "Store the schedules of a JSON or YAML file; those that are there keep their run state. A file with any fault changes nothing.")
final class ScheduleApplyCommand implements Callable<Integer> {
    @Mixin
    private final ScheduleCommand.In in;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "PATH",
            description = "A list of schedules, or {schedules: [...]}.")
    private @Nullable Path file;

    @Option(names = "--dry-run", description = "Check for faults without changing anything.")
    private boolean dryRun;

    @Option(
            names = {"-y", "--yes"},
            description = "Apply the change; without this option nothing is changed.")
    private boolean yes;

    ScheduleApplyCommand(Session session) {
        this.in = new ScheduleCommand.In(session);
    }

    @Override
    public Integer call() throws IOException {
        if (file == null) {
            throw StemFailed.usage("Missing --file pointing to schedule definitions.");
        }
        if (!dryRun && !yes) {
            throw StemFailed.usage("Apply requires --yes confirmation (or use --dry-run).");
        }
        List<ScheduleEntry> entries = Definitions.parse(
                text(in.place.session().directory().resolve(file)),
                in.place.session().clock().instant());
        if (dryRun) {
            in.out().println("Validated " + entries.size() + " schedule(s).");
            return 0;
        }
        try (OpenSchedules schedules = in.open()) {
            ScheduleEdits edits = in.edits(schedules);
            for (ScheduleEntry entry : entries) {
                ScheduleEntry stored = edits.apply(entry);
                if (entry.enabled() && stored.run().nextRunAt() == null) {
                    in.err().println("warning: schedule \"" + Table.printable(entry.id()) + "\" has no further run");
                }
            }
        }
        in.out().println("Applied " + entries.size() + " schedule(s).");
        return 0;
    }

    private static String text(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw StemFailed.usage("Definitions file not found: " + path);
        }
        if (Files.size(path) > Definitions.MOST_BYTES) {
            throw StemFailed.usage(path + " is larger than " + (Definitions.MOST_BYTES >> 20) + " MiB");
        }
        return Files.readString(path);
    }
}
