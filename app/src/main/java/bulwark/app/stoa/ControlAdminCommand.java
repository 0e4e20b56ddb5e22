package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Who is an administrator of the platform: named here, over the owner's socket, and nowhere else. */
@Command(
        name = "admin",
        mixinStandardHelpOptions = true,
        description = "Administrators of the platform, named by the owner of the control plane.",
        subcommands = {ControlAdminCommand.Add.class, ControlAdminCommand.Remove.class, ControlAdminCommand.Names.class
        })
final class ControlAdminCommand extends CommandGroup {
    ControlAdminCommand(CommandContext context) {
        super(context);
    }

    /** Names a subject, or takes it back. */
    private abstract static class Change implements Callable<Integer> {
        private final CommandContext context;
        private final String verb;

        @Parameters(paramLabel = "SUBJECT", description = "Claim sub of the tokens of the administrator.")
        private String subject = "";

        Change(CommandContext context, String verb) {
            this.context = context;
            this.verb = verb;
        }

        /** What is true of the subject now. */
        abstract String outcome(boolean changed);

        abstract ExitCode exitCode(boolean changed);

        @Override
        public final Integer call() {
            try (ControlOwner owner = ControlOwner.of(context)) {
                boolean changed = owner.post("/owner/administrators/" + verb, Map.of("subject", subject))
                        .path("changed")
                        .asBoolean();
                context.out().println(PrintableText.line(subject) + outcome(changed));
                return exitCode(changed).plain();
            }
        }
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Name a subject: its tokens with the role cpi-admin count from now on.")
    static final class Add extends Change {
        Add(CommandContext context) {
            super(context, "add");
        }

        @Override
        String outcome(boolean changed) {
            return (changed ? " is an administrator from now on" : " was an administrator before")
                    + ", with a token that bears the role cpi-admin";
        }

        @Override
        ExitCode exitCode(boolean changed) {
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Take a subject back: the role cpi-admin of its tokens counts no more.")
    static final class Remove extends Change {
        Remove(CommandContext context) {
            super(context, "remove");
        }

        @Override
        String outcome(boolean changed) {
            return changed ? " is no administrator any more" : " was none";
        }

        @Override
        ExitCode exitCode(boolean changed) {
            return changed ? ExitCode.DONE : ExitCode.NEGATIVE;
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Print the subjects that are administrators, one a line.")
    static final class Names implements Callable<Integer> {
        private final CommandContext context;

        Names(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            try (ControlOwner owner = ControlOwner.of(context)) {
                owner.post("/owner/administrators/list", Map.of())
                        .path("subjects")
                        .forEach(subject -> context.out().println(PrintableText.line(subject.asString())));
                return 0;
            }
        }
    }
}
