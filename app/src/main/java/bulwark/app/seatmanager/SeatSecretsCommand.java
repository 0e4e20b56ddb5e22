package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.seats.secret.SecretsCheck;
import bulwark.seats.secret.SecretsFile;
import bulwark.seats.settings.SeatSettings;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The two HMAC secrets. */
@Command(
        name = "secrets",
        description = "Make, judge and rotate the two HMAC secrets in .env of this folder.",
        subcommands = {
            SeatSecretsCommand.Generate.class,
            SeatSecretsCommand.Check.class,
            SeatSecretsCommand.Rotate.class
        })
final class SeatSecretsCommand extends CommandGroup {
    SeatSecretsCommand(CommandContext context) {
        super(context);
    }

    @Command(name = "generate", description = "Write two fresh secrets into a new .env that its owner alone can read.")
    record Generate(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() throws IOException {
            SecretsFile file = new SecretsFile(context.directory(), context.clock());
            file.generate();
            context.out().println("two fresh secrets are in " + file.path() + " (mode 600)");
            return ExitCode.DONE.plain();
        }
    }

    @Command(
            name = "check",
            description =
                    "Report mode, owner, age and strength of the secrets, whether they were published, and whether git"
                            + " tracks .env; ends with 1 when something must be mended.")
    record Check(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() throws IOException {
            SecretsCheck.Report report =
                    new SecretsCheck(context.directory(), context.environment(), context.clock()).run();
            report.facts().forEach(context.out()::println);
            report.problems().forEach(problem -> context.err().println("error: " + problem));
            context.out().println(report.problems().isEmpty() ? "ok" : "refused");
            return (report.problems().isEmpty() ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
        }
    }

    @Command(name = "rotate", description = "Put a fresh secret in the place of one in .env.")
    static final class Rotate implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "SECRET", description = "Which secret to replace: session or step-up.")
        private String secret = "";

        Rotate(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            String name = switch (secret) {
                case "session" -> SeatSettings.SESSION_SECRET;
                case "step-up" -> SeatSettings.STEP_UP_SECRET;
                default -> throw CommandFailed.usage("secrets rotate takes session or step-up, not " + secret);
            };
            SecretsFile file = new SecretsFile(context.directory(), context.clock());
            file.rotate(name);
            context.out()
                    .println(name + " is fresh in " + file.path() + ". Restart the service: "
                            + (secret.equals("session")
                                    ? "every session ends, and no row is lost."
                                    : "every step-up that was given is void, and no row is lost."));
            return ExitCode.DONE.plain();
        }
    }
}
