package bulwark.app;

import bulwark.app.stem.LogLevel;
import bulwark.facts.node.FactsNode;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import java.nio.file.Path;
import java.time.Clock;
import sun.misc.Signal;

/** One node for the life of this process: SIGTERM drains and stops, SIGHUP reads certificates again. */
final class NodeRunner {
    /** @return exit code, 1 after a fatal fault */
    int run() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        FactsNode node = FactsNode.start(() -> settings(here), here, Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop"));
        obeyHangup(node);
        return node.awaitExitCode();
    }

    private static Configuration settings(Path directory) {
        Configuration configuration = Configuration.read(NodeSettings.schema(), System.getenv(), directory);
        LogLevel.apply(configuration.text("STIGMEM_LOG_LEVEL"));
        return configuration;
    }

    static void obeyHangup(FactsNode node) {
        Signal.handle(new Signal("HUP"), signal -> node.reloadTls());
    }
}
