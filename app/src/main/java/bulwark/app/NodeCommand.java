package bulwark.app;

import bulwark.facts.node.FactsNode;
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
    @Option(names = "--show-config", description = "Print the effective settings, secrets hidden, and exit.")
    private boolean showConfig;

    @Override
    public Integer call() throws Exception {
        if (showConfig) {
            FactsNode.describeSettings(System.getenv(), Path.of("").toAbsolutePath())
                    .forEach(System.out::println);
            return 0;
        }
        return new NodeProcess().run();
    }
}
