package bulwark.app;

import picocli.CommandLine;
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
            FsckCommand.class
        })
final class StigmemCommand implements Runnable {
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
