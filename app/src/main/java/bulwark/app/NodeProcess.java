package bulwark.app;

import bulwark.facts.node.FactsNode;
import java.nio.file.Path;
import java.time.Clock;
import sun.misc.Signal;

/** One node for the life of this process: SIGTERM drains and stops, SIGHUP reads certificates again. */
final class NodeProcess {
    /** @return exit code, 1 after a fatal fault */
    int run() throws Exception {
        FactsNode node = FactsNode.start(System.getenv(), Path.of("").toAbsolutePath(), Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop"));
        obeyHangup(node);
        return node.awaitFailure();
    }

    static void obeyHangup(FactsNode node) {
        Signal.handle(new Signal("HUP"), signal -> node.reloadTls());
    }
}
