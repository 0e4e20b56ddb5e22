package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The switches of the deposit contract, as every label tells them. */
@Command(
        name = "allowlist",
        description = "Read the switches of the deposit contract from every execution client.",
        subcommands = {SeatAllowlistCommand.Status.class})
final class SeatAllowlistCommand extends CommandGroup {
    SeatAllowlistCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "status",
            description =
                    "Print every switch on which all clients agree; refuses with label and field where they do not.")
    record Status(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() {
            OwnerRequest.answer(context, "/owner/settings/allowlist", Map.of())
                    .properties()
                    .forEach(each -> context.out()
                            .println(each.getKey() + "  "
                                    + PrintableText.line(each.getValue().asString(""))));
            return ExitCode.DONE.plain();
        }
    }
}
