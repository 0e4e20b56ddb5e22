package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import picocli.CommandLine.Command;

/** Access tokens without an identity provider. */
@Command(
        name = "token",
        description = "Access tokens that the gateway accepts while no Keycloak is set.",
        mixinStandardHelpOptions = true,
        subcommands = {TokenIssueCommand.class})
final class TokenCommand extends CommandGroup {
    TokenCommand(CommandContext context) {
        super(context);
    }
}
