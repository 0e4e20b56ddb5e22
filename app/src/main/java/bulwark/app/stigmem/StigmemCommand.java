package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import picocli.CommandLine.Command;

/** The fact node's own command line, under the name that its documentation uses. */
@Command(
        name = "stigmem",
        description = "Commands of the fact node. They reach a running node over its owner-only socket.",
        mixinStandardHelpOptions = true,
        version = "bulwark 0.1.0",
        subcommands = {
            IdentityCommand.class,
            CapabilityCommand.class,
            AuthCommand.class,
            AuditCommand.class,
            SnapshotCommand.class,
            FsckCommand.class,
            NodeHealthCommand.class
        })
final class StigmemCommand extends CommandGroup {
    StigmemCommand(CommandContext context) {
        super(context);
    }
}
