package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.ServiceCommand;
import bulwark.facts.node.NodeSettings;
import picocli.CommandLine.Command;

/** The fact node in this process, with settings from the environment and the working directory's {@code .env}. */
@Command(
        name = "stigmem-node",
        mixinStandardHelpOptions = true,
        description = "Run the fact node: settings from STIGMEM_* and .env in this folder.")
final class NodeCommand extends ServiceCommand {
    NodeCommand(CommandContext context) {
        super(context, NodeSettings.schema());
    }

    @Override
    protected int run() throws Exception {
        return new NodeRunner(context).run();
    }
}
