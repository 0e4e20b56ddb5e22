package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.ShowConfig;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The fact node in this process, with settings from the environment and the working directory's {@code .env}. */
@Command(
        name = "stigmem-node",
        mixinStandardHelpOptions = true,
        description = "Run the fact node: settings from STIGMEM_* and .env in this folder.")
final class NodeCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(
            names = "--show-config",
            description = "Print name, value, source and purpose of every setting, secrets hidden, and exit.")
    private boolean showConfig;

    NodeCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        if (showConfig) {
            return ShowConfig.print(
                    Configuration.inspect(NodeSettings.schema(), context.environment(), context.directory()),
                    context.out(),
                    context.err());
        }
        return new NodeRunner(context).run();
    }
}
