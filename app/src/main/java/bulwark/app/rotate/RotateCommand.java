package bulwark.app.rotate;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.OptionParsers;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.rotation.RotationKind;
import bulwark.kernel.rotation.RotationRecord;
import bulwark.kernel.rotation.RotationState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replaces a key of a running deployment, or all that are due. */
@Command(
        name = "rotate",
        description = {
            "Replace a key of the running deployment: the new one is announced, seen to be accepted, used, and only then the old one is withdrawn and deleted.",
            "rotate status lists the kinds. What waits, was interrupted or has a window goes on with rotate resume ID."
        },
        subcommands = {RotationStatusCommand.class, RotationResumeCommand.class, RotationAbandonCommand.class})
public final class RotateCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final RotationOptions options;

    @Parameters(paramLabel = "KIND", arity = "0..1", description = "What to replace; rotate status lists the kinds.")
    private @Nullable String kind;

    @Option(
            names = "--all-due",
            description = "Continue every rotation that is under way, and begin those that are due.")
    private boolean allDue;

    @Option(names = "--dry-run", description = "Print what would be done and change nothing.")
    private boolean dryRun;

    @Option(
            names = "--window",
            paramLabel = "DURATION",
            description = "How long the old key is accepted beside the new one (default: by kind, see rotate status).")
    private @Nullable String window;

    RotateCommand(CommandContext context) {
        this.context = context;
        this.options = new RotationOptions(context);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (allDue == (kind != null)) {
            throw CommandFailed.usage("rotate takes a KIND or --all-due: rotate status lists the kinds");
        }
        if (allDue && window != null) {
            throw CommandFailed.usage("--window is for one KIND; --all-due takes the window of each kind");
        }
        RotationFolder folder = options.folder();
        List<RotationKind> wanted = kind == null ? due(folder) : List.of(present(folder.kind(kind)));
        if (dryRun) {
            return print(folder, wanted);
        }
        List<RotationDriver.Outcome> outcomes = new ArrayList<>();
        try (RotationFolder.Session session = options.open(folder)) {
            RotationDriver driver = options.driver(session);
            if (allDue) {
                for (RotationRecord unfinished : unfinished(folder)) {
                    outcomes.add(driver.drive(folder.kind(unfinished.kind()), unfinished));
                }
            }
            for (RotationKind each : wanted) {
                if (!allDue
                        || session.runner()
                                .unfinishedBeside(each, folder.kinds())
                                .isEmpty()) {
                    RotationRecord begun = session.runner().begin(each, folder.kinds(), window(each));
                    context.out()
                            .println(begun.id() + "  " + begun.kind() + "  "
                                    + begun.state().word());
                    outcomes.add(driver.drive(each, begun));
                }
            }
        }
        if (outcomes.isEmpty()) {
            context.out().println("nothing is due");
        }
        return RotationOptions.exitCode(outcomes);
    }

    private static List<RotationRecord> unfinished(RotationFolder folder) throws IOException {
        return folder.rotations().stream().filter(each -> !each.isFinished()).toList();
    }

    private static RotationKind present(RotationKind kind) throws IOException, InterruptedException {
        if (kind.expiry().isEmpty()) {
            throw new CommandFailed("there is no " + kind.name() + " in this folder yet: start ./bulwark up first");
        }
        return kind;
    }

    private List<RotationKind> due(RotationFolder folder) throws IOException, InterruptedException {
        List<RotationKind> due = new ArrayList<>();
        for (RotationKind each : folder.kinds()) {
            Optional<Expiry> expiry = options.expiry(each);
            if (expiry.isPresent()
                    && expiry.get()
                            .warning(each.name(), context.clock().instant())
                            .isPresent()) {
                due.add(each);
            }
        }
        return due;
    }

    private Duration window(RotationKind each) {
        return window == null ? each.window() : OptionParsers.duration("--window", window);
    }

    private int print(RotationFolder folder, List<RotationKind> wanted) throws IOException {
        if (allDue) {
            unfinished(folder)
                    .forEach(each -> context.out()
                            .println("would resume " + each.id() + " of " + each.kind() + ", which is "
                                    + each.state().word()));
        }
        for (RotationKind each : wanted) {
            context.out().println("would replace " + each.name() + ", " + each.description() + ":");
            for (RotationState state : RotationState.values()) {
                if (state != RotationState.ABANDONED) {
                    context.out()
                            .println("  " + state.word()
                                    + (state == RotationState.RETIRING ? " for " + window(each) : ""));
                }
            }
        }
        if (wanted.isEmpty() && unfinished(folder).isEmpty()) {
            context.out().println("nothing is due");
        }
        context.out().println("nothing was changed");
        return ExitCode.DONE.plain();
    }
}
