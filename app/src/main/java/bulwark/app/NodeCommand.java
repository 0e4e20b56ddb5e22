package bulwark.app;

import bulwark.facts.node.FactsNode;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** The fact node in this process, with settings from the environment and the working directory's {@code .env}. */
@Command(name = "stigmem-node", description = "Run the fact node: settings from STIGMEM_* and .env in this folder.")
final class NodeCommand implements Callable<Integer> {
    @Option(names = "--show-config", description = "Print the effective settings, secrets hidden, and exit.")
    private boolean showConfig;

    @Override
    public Integer call() throws Exception {
        Path directory = Path.of("").toAbsolutePath();
        if (showConfig) {
            FactsNode.describeSettings(System.getenv(), directory).forEach(System.out::println);
            return 0;
        }
        Signing.installForTls();
        FactsNode node = FactsNode.start(System.getenv(), directory, Clock.systemUTC());
        Thread stopper = new Thread(node::close, "stop");
        Runtime.getRuntime().addShutdownHook(stopper);
        Signal.handle(new Signal("HUP"), signal -> node.reloadTls());
        return node.awaitFailure();
    }
}
