package bulwark.kernel.evidence.store;

import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadableStore;
import java.nio.file.Path;
import java.util.List;

/** The checks of a store that several processes share: against the newest heads that each of them signed. */
public final class SharedStoreFsck {
    private SharedStoreFsck() {}

    /** @param bases of the processes, as {@link AuditedStore#openShared} has them; at least one */
    public static Fsck of(ReadableStore store, List<Path> bases, AuditedStore.Layout layout) {
        Fsck fsck = AuditedStore.fsck(store, bases.getFirst(), layout);
        for (Path base : bases.subList(1, bases.size())) {
            EvidenceScope scope = layout.scope(base, null);
            fsck.check(
                    "the signed heads of " + base,
                    () -> store.read(tx -> StoreCheck.whole(scope, Signing.fastest(), tx)));
        }
        return fsck;
    }
}
