package bulwark.facts.node;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreRefused;
import bulwark.web.LocalAdminClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** How the owner's commands reach a node, be it running or stopped. */
public final class NodeAdmin {
    /** How an operator names the store to a command. */
    static final String STORE_SETTING = "--db or STIGMEM_DB_PATH";

    private NodeAdmin() {}

    /**
     * @param configuration of a stopped node
     * @throws StoreRefused when there is no store there, or one that must not be touched
     */
    public static LocalAdminClient open(Configuration configuration, Path store, Clock clock) {
        return LocalAdminClient.open(store, "node", () -> stopped(configuration, store, clock));
    }

    private static NodeCore stopped(Configuration configuration, Path store, Clock clock) {
        if (!Files.exists(store)) {
            throw new StoreRefused(
                    "there is no store at " + store + ": run this in the node's folder, or name it with --db");
        }
        NodeCore core = NodeCore.open(
                configuration,
                new ConfiguredPath(store, STORE_SETTING),
                clock,
                SchemaPolicy.REFUSE_UNLESS_CURRENT,
                Signing::fastest);
        core.outbox.start();
        return core;
    }
}
