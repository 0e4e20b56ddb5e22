package bulwark.kernel.evidence.signer;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.HashChain;
import bulwark.kernel.evidence.heads.HeadFile;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.SignedHeads;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.log.LogLeaf;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.time.Timestamps;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** What an owner gave up while no process had the store open, for instance by restoring an older snapshot. */
public final class AcceptedLoss {
    private AcceptedLoss() {}

    /**
     * Signs the heads that the store has now, if they are not what was signed before, and says with them what was given up. Does nothing
     * when store and evidence agree, and when the store is another than the one that the key folder belongs to: the start judges that.
     *
     * @param lost sentences
     * @return whether a leaf was signed
     */
    public static boolean record(
            TransparencyLog log, EvidenceScope scope, LogKeys keys, Clock clock, ReadTx tx, List<String> lost)
            throws SQLException, IOException, LogUnavailable {
        StoreCheck.Report report = StoreCheck.report(scope, keys, tx, false);
        String id = report.folderId();
        SignedHeads newest = report.newest();
        if (report.problems().isEmpty() || id == null || newest == null || !id.equals(report.storeId())) {
            return false;
        }
        keys.settle(newest);
        List<ChainHead> heads = new ArrayList<>();
        for (HashChain chain : scope.chains()) {
            chain.end(tx).ifPresent(heads::add);
        }
        List<String> sentences = new ArrayList<>(lost);
        sentences.addAll(report.problems());
        SignedHeads signed = SignedHeads.sign(
                keys, SignedHeads.LOSS, id, newest, heads, sentences, Timestamps.offset(clock.instant()));
        Long index = null;
        if (!log.backend().equals("off")) {
            index = log.append(new LogLeaf(signed.payload(), "heads:" + signed.leafHash()))
                    .logIndex();
        }
        HeadFile.Content content = new HeadFile.Content(signed, index);
        scope.keyFolderHead().write(content);
        HeadFile second = scope.secondHead();
        if (second != null) {
            second.write(content);
        }
        return true;
    }
}
