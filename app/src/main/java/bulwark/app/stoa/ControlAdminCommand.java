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

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Name a subject: its tokens with the role cpi-admin count from now on.")
    static final class Add implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "SUBJECT", description = "Claim sub of the tokens of the administrator.")
        private String subject = "";

        Add(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            try (ControlOwner owner = ControlOwner.of(context)) {
                boolean added = owner.post("/owner/administrators/add", Map.of("subject", subject))
                        .path("changed")
                        .asBoolean();
                context.out()
                        .println(PrintableText.line(subject)
                                + (added ? " is an administrator from now on" : " was an administrator before")
                                + ", with a token that bears the role cpi-admin");
                return 0;
            }
        }
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Take a subject back: the role cpi-admin of its tokens counts no more.")
    static final class Remove implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "SUBJECT", description = "Claim sub of the tokens of the administrator.")
        private String subject = "";

        Remove(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            try (ControlOwner owner = ControlOwner.of(context)) {
                boolean removed = owner.post("/owner/administrators/remove", Map.of("subject", subject))
                        .path("changed")
                        .asBoolean();
                context.out()
                        .println(PrintableText.line(subject)
                                + (removed ? " is no administrator any more" : " was none"));
                return (removed ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
            }
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
