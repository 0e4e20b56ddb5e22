package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The switches of the deposit contract, as every label tells them, and the calls with which its governor changes them. */
@Command(
        name = "allowlist",
        description =
                "Read the switches of the deposit contract, and write down calls of its governor; nothing is sent.",
        subcommands = {
            SeatAllowlistCommand.Status.class,
            SeatAllowlistCommand.Switch.class,
            SeatAllowlistCommand.OwnerOnly.class,
            SeatAllowlistCommand.Freeze.class
        })
final class SeatAllowlistCommand extends CommandGroup {
    private static final String PATH = "/owner/settings/allowlist";

    SeatAllowlistCommand(CommandContext context) {
        super(context);
    }

    private static boolean isOn(String state) {
        return switch (state) {
            case "on" -> true;
            case "off" -> false;
            default -> throw CommandFailed.usage("STATE must be on or off");
        };
    }

    private static int print(CommandContext context, String path, Map<String, Object> body) {
        OwnerRequest.printCall(context, OwnerRequest.answer(context, PATH + path, body));
        return ExitCode.DONE.plain();
    }

    @Command(
            name = "status",
            description =
                    "Print every switch on which all clients agree; refuses with label and field where they do not.")
    record Status(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() {
            OwnerRequest.answer(context, PATH, Map.of())
                    .properties()
                    .forEach(each -> context.out()
                            .println(each.getKey() + "  "
                                    + PrintableText.line(each.getValue().asString(""))));
            return ExitCode.DONE.plain();
        }
    }

    @Command(name = "switch", description = "Print the call with which the governor switches the list on or off.")
    static final class Switch implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "STATE", description = "One of on and off.")
        private String state = "";

        Switch(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            return print(context, "/switch", Map.of("enabled", isOn(state)));
        }
    }

    @Command(
            name = "owner-only",
            description = "Print the call with which the governor switches the rule that the owner alone deposits.")
    static final class OwnerOnly implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "STATE", description = "One of on and off.")
        private String state = "";

        OwnerOnly(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            return print(context, "/owner-only", Map.of("enabled", isOn(state)));
        }
    }

    @Command(
            name = "freeze",
            description =
                    "Print the call with which the governor ends the list for ever, step by step: it cannot be undone.")
    static final class Freeze implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "STEP", description = "One of propose, execute and cancel.")
        private String step = "";

        @Option(
                names = "--contract",
                required = true,
                paramLabel = "ADDRESS",
                description = "The deposit contract, typed again.")
        private String contract = "";

        Freeze(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            if (!step.matches("propose|execute|cancel")) {
                throw CommandFailed.usage("STEP must be propose, execute or cancel");
            }
            return print(context, "/freeze/" + step, Map.of("contract", contract));
        }
    }
}
