package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.LogLevel;
import bulwark.facts.node.FactsNode;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import sun.misc.Signal;

/** One node for the life of this process: SIGTERM drains and stops, SIGHUP reads certificates again. */
final class NodeRunner {
    private final CommandContext context;

    NodeRunner(CommandContext context) {
        this.context = context;
    }

    /** @return exit code, 1 after a fatal fault */
    int run() throws Exception {
        FactsNode node = FactsNode.start(this::settings, context.directory(), context.clock());
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop"));
        obeyHangup(node);
        return node.awaitExitCode();
    }

    private Configuration settings() {
        Configuration configuration =
                Configuration.read(NodeSettings.schema(), context.environment(), context.directory());
        LogLevel.apply(configuration.text("STIGMEM_LOG_LEVEL"));
        return configuration;
    }

    static void obeyHangup(FactsNode node) {
        Signal.handle(new Signal("HUP"), signal -> node.reloadTls());
    }
}
