package bulwark.facts.node;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.EvidenceScope;
import bulwark.kernel.evidence.Fsck;
import bulwark.kernel.evidence.StoreCheck;
import bulwark.kernel.evidence.TransparencyLogs;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.StoreAtRest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A node's folder that is only looked at: no key ring is opened, no outbox runs, nothing is written. */
public final class NodeAtRest {
    private NodeAtRest() {}

    /**
     * @throws bulwark.kernel.storage.StoreInUse when a node runs on it
     * @throws bulwark.kernel.storage.StoreRefused when there is no store there
     */
    public static Fsck.Report fsck(Map<String, String> environment, Path store) {
        Configuration configuration = Configuration.readLenient(
                NodeSettings.schema(), environment, Path.of("").toAbsolutePath());
        String backend = configuration.text("STIGMEM_TL_BACKEND");
        Path log = backend.equals("local") ? store.resolveSibling(configuration.text("STIGMEM_TL_LOCAL_PATH")) : null;
        EvidenceScope scope = NodeCore.evidence(configuration, store);
        try (StoreAtRest atRest = StoreAtRest.open(store)) {
            return NodeFsck.of(
                            atRest,
                            store,
                            backend,
                            () -> log == null ? List.of() : TransparencyLogs.fsckFile(log),
                            () -> atRest.read(tx -> StoreCheck.whole(scope, Signing.fastest(), tx)))
                    .run();
        }
    }
}
