package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.PrintableText;
import bulwark.tasks.schedule.ScheduleEditor;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleFileParser;
import bulwark.tasks.setup.ScheduleAccess;
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

    ScheduleApplyCommand(CommandContext context) {
        this.in = new ScheduleCommand.In(context);
    }

    @Override
    public Integer call() throws IOException {
        if (file == null) {
            throw CommandFailed.usage("Missing --file pointing to schedule definitions.");
        }
        if (!dryRun && !yes) {
            throw CommandFailed.usage("Apply requires --yes confirmation (or use --dry-run).");
        }
        List<ScheduleEntry> entries = ScheduleFileParser.parse(
                text(in.settings.session().directory().resolve(file)),
                in.settings.session().clock().instant());
        if (dryRun) {
            in.out().println("Validated " + entries.size() + " schedule(s).");
            return 0;
        }
        try (ScheduleAccess schedules = in.open()) {
            ScheduleEditor edits = in.edits(schedules);
            for (ScheduleEntry entry : entries) {
                ScheduleEntry stored = edits.apply(entry);
                if (entry.enabled() && stored.run().nextRunAt() == null) {
                    in.err().println("warning: schedule \"" + PrintableText.line(entry.id()) + "\" has no further run");
                }
            }
        }
        in.out().println("Applied " + entries.size() + " schedule(s).");
        return 0;
    }

    private static String text(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw CommandFailed.usage("Definitions file not found: " + path);
        }
        if (Files.size(path) > ScheduleFileParser.MAX_BYTES) {
            throw CommandFailed.usage(path + " is larger than " + (ScheduleFileParser.MAX_BYTES >> 20) + " MiB");
        }
        return Files.readString(path);
    }
}
