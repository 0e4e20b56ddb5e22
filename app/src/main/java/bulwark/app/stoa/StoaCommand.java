package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import picocli.CommandLine.Command;

/** The gateway's own command line, under the name that its documentation uses. */
@Command(
        name = "stoa",
        description = "Commands of the API gateway.",
        mixinStandardHelpOptions = true,
        version = "bulwark 0.1.0",
        subcommands = {
            GatewayCommand.class,
            ControlPlaneCommand.class,
            ValidateCommand.class,
            DiffCommand.class,
            ApplyCommand.class,
            ExportCommand.class,
            TokenCommand.class,
            ExplainCommand.class,
            StoaEvidenceCommand.class,
            HardeningCommand.class
        })
final class StoaCommand extends CommandGroup {
    StoaCommand(CommandContext context) {
        super(context);
    }
}
