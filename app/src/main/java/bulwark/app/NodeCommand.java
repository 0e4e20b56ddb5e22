package bulwark.app;

import bulwark.app.stem.ShowConfig;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The fact node in this process, with settings from the environment and the working directory's {@code .env}. */
@Command(
        name = "stigmem-node",
        mixinStandardHelpOptions = true,
        description = "Run the fact node: settings from STIGMEM_* and .env in this folder.")
final class NodeCommand implements Callable<Integer> {
    @Option(
            names = "--show-config",
            description = "Print name, value, source and purpose of every setting, secrets hidden, and exit.")
    private boolean showConfig;

    @Override
    public Integer call() throws Exception {
        if (showConfig) {
            return ShowConfig.print(
                    Configuration.inspect(
                            NodeSettings.schema(), System.getenv(), Path.of("").toAbsolutePath()),
                    System.out,
                    System.err);
        }
        return new NodeRunner().run();
    }
}
