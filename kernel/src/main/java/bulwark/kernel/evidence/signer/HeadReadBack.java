package bulwark.kernel.evidence.signer;

import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.HeadFile;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import org.jspecify.annotations.Nullable;

/** Asks a log beyond this machine for the newest signed heads that the key folder remembers. A local log is read as a whole instead. */
public final class HeadReadBack {
    private HeadReadBack() {}

    /**
     * @return a sentence when the log no longer holds them, or no longer shows the tree that it showed before; else null. Heads that the
     *     key folder does not hold, or that never came into a log, are no matter of this
     * @throws LogUnavailable when it cannot be asked, which says nothing about the heads
     */
    public static @Nullable String finding(TransparencyLog log, EvidenceScope scope) throws LogUnavailable {
        HeadFile.Content kept = scope.keyFolderHead().read().content();
        Long index = kept == null ? null : kept.logIndex();
        if (kept == null || index == null) {
            return null;
        }
        String fault = log.readBack(kept.heads().leafHash(), index);
        return fault == null
                ? null
                : "the transparency log (" + log.backend() + "), asked for leaf "
                        + kept.heads().number() + " of this store, " + fault;
    }
}
