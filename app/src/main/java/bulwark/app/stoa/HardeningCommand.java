package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import picocli.CommandLine.Command;

/** The hardening page's checklist. */
@Command(
        name = "hardening",
        description = "Judge the boxes of the hardening page by what can be observed.",
        mixinStandardHelpOptions = true,
        subcommands = {HardeningCheckCommand.class})
final class HardeningCommand extends CommandGroup {
    HardeningCommand(CommandContext context) {
        super(context);
    }
}
