package bulwark.kernel.evidence.store;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.journal.JournalCheck;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadableStore;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks of an {@link AuditedStore} and of all that vouches for it. They only read. */
public final class AuditedStoreFsck {
    private AuditedStoreFsck() {}

    /** The checks of everything durable, to which a part adds those of its own tables. */
    public static Fsck of(ReadableStore store, Path file, AuditedStore.Layout layout) {
        Fsck fsck = new Fsck();
        add(fsck, store, file, layout, null);
        return fsck;
    }

    /** Adds the checks of one store to those of others. @param secondPlace as at {@link AuditedStore#open}, or null */
    public static void add(
            Fsck fsck,
            ReadableStore store,
            Path file,
            AuditedStore.Layout layout,
            @Nullable ConfiguredPath secondPlace) {
        EvidenceScope scope = layout.scope(file, secondPlace);
        AuditTable audit = layout.audit();
        fsck.check("the store file " + file, store::integrityCheck)
                .check("tables, triggers and migrations of " + file, () -> store.schemaCheck(layout.all()))
                .check(
                        "the audit chain " + audit.name() + " of " + file,
                        () -> store.read(tx -> AuditLog.fsckTable(tx, audit)))
                .check(
                        "the signed heads of " + file,
                        () -> store.read(tx -> StoreCheck.whole(scope, Signing.fastest(), tx)));
        if (!layout.allGuarded().isEmpty()) {
            fsck.check(
                    "rows of " + file + " that decide about access",
                    () -> store.read(tx -> GuardedRows.check(tx, audit, layout.allGuarded())));
        }
        if (layout.withJournal()) {
            Path folder = AuditedStore.Layout.journalFolder(file);
            fsck.check(
                    "the segments of the journal in " + folder,
                    () -> JournalCheck.run(
                            folder, LogKeys.verifyOnly(AuditedStore.Layout.keyFolder(file), Signing.fastest())));
        }
    }

    /** Of a store that several processes share: against the newest heads that each of them signed. @param bases of the processes, as {@link AuditedStore#openShared} has them; at least one */
    public static Fsck shared(ReadableStore store, List<Path> bases, AuditedStore.Layout layout) {
        Fsck fsck = of(store, bases.getFirst(), layout);
        for (Path base : bases.subList(1, bases.size())) {
            EvidenceScope scope = layout.scope(base, null);
            fsck.check(
                    "the signed heads of " + base,
                    () -> store.read(tx -> StoreCheck.whole(scope, Signing.fastest(), tx)));
        }
        return fsck;
    }
}
