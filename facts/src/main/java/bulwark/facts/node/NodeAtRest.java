package bulwark.facts.node;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.evidence.signer.AcceptedLoss;
import bulwark.kernel.evidence.signer.HeadReadBack;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.StoreAtRest;
import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** A node's folder while no node runs on it: no outbox runs, and the store is not written. */
public final class NodeAtRest {
    private NodeAtRest() {}

    /**
     * @throws bulwark.kernel.storage.StoreInUse when a node runs on it
     * @throws bulwark.kernel.storage.StoreRefused when there is no store there
     */
    public static Fsck.Report fsck(Configuration configuration, Path store) {
        NodeLog configured = new NodeLog(configuration, store);
        Path file = configured.localFile();
        EvidenceScope scope = NodeCore.evidence(configuration, store);
        try (StoreAtRest atRest = new ConfiguredPath(store, NodeAdmin.STORE_SETTING).open(StoreAtRest::open);
                TransparencyLog log = configured.isRekor() ? configured.readOnly() : null) {
            Fsck fsck = NodeFsck.of(
                    atRest,
                    store,
                    configured.backend(),
                    () -> file == null ? List.of() : TransparencyLogs.fsckFile(file),
                    () -> atRest.read(tx -> StoreCheck.whole(scope, Signing.fastest(), tx)));
            if (log != null) {
                configured.addRekor(fsck, atRest, log, () -> {
                    String found = HeadReadBack.finding(log, scope);
                    return found == null ? List.of() : List.of(found);
                });
            }
            return fsck.run();
        }
    }

    /**
     * After a snapshot was put in place of the store: signs the heads that the store has now, so that the node starts on it and the log
     * says what was given up.
     *
     * @param lost sentences that the owner accepted
     */
    public static void recordRestore(Configuration configuration, Path store, List<String> lost, Clock clock) {
        EvidenceScope scope = NodeCore.evidence(configuration, store);
        ConfiguredPath local = scope.localLog();
        if (!Files.isDirectory(scope.keyFolder())) {
            return;
        }
        // Without a local log the key folder and the second place hold the newest heads; the next start sends them on.
        try (StoreAtRest atRest = StoreAtRest.open(store);
                TransparencyLog log = local == null
                        ? TransparencyLogs.off("STIGMEM_TL_BACKEND is not local")
                        : TransparencyLogs.local(local.path(), clock)) {
            LogKeys keys = LogKeys.open(scope.keyFolder(), Signing.fastest(), clock);
            atRest.read(tx -> {
                try {
                    return AcceptedLoss.record(log, scope, keys, clock, tx, lost);
                } catch (IOException | LogUnavailable e) {
                    throw new StoreRefused("The store was restored, and its heads could not be signed ("
                            + e.getMessage() + "): the next start says how to go on.");
                }
            });
        }
    }
}
