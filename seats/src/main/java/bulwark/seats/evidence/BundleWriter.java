package bulwark.seats.evidence;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.store.SeatStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one writer of a chain of bundles: file first, synced, then its row and an audit row with the new head in one transaction. A file that a kill left without a row is taken up before the next one. Thread-safe.
 */
public final class BundleWriter {
    private final SeatStore store;
    private final BundleFiles files;
    private final String chain;
    private final LogKeys keys;
    private final Clock clock;
    private final ReentrantLock writing = new ReentrantLock();
    private final List<String> adopted = new CopyOnWriteArrayList<>();

    private BundleWriter(SeatStore store, Path folder, Clock clock) {
        this.store = store;
        this.files = new BundleFiles(folder);
        this.chain = store.audited().heads().storeId();
        this.keys = store.audited().heads().keys();
        this.clock = clock;
    }

    /** @throws EvidenceRefused when the folder cannot be used, or holds what is no bundle of this chain */
    public static BundleWriter open(SeatStore store, Path folder, Clock clock) {
        BundleWriter opened = new BundleWriter(store, folder, clock);
        try {
            opened.files.prepare();
            opened.writing.lock();
            try {
                opened.adopt();
            } finally {
                opened.writing.unlock();
            }
            return opened;
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    private static EvidenceRefused unwritable(Path folder, IOException e) {
        return new EvidenceRefused(
                "No evidence can be written to " + folder + " (" + e.getMessage()
                        + "), so that nothing is sent: make room or mend the folder.",
                e);
    }

    /** What is to be written. @param subject unique: a second bundle of one subject is not written @param content texts, objects and lists of them; no secrets */
    public record Draft(String subject, String action, Map<String, ?> content) {}

    /** What goes into the transaction of the bundles' rows. */
    @FunctionalInterface
    public interface Change {
        /** @param hashes of the bundles, in the order of their drafts */
        void apply(WriteTx tx, List<String> hashes) throws SQLException;
    }

    /**
     * Writes bundles, syncs them, and changes rows in the same transaction as theirs. A subject that has a bundle keeps it.
     *
     * @throws EvidenceRefused when a file cannot be written: nothing was changed in the store
     */
    public void record(List<Draft> drafts, Change change) {
        writing.lock();
        try {
            adopt();
            List<String> hashes = new ArrayList<>();
            List<EvidenceBundle> fresh = write(drafts, hashes);
            store.write(tx -> {
                for (EvidenceBundle bundle : fresh) {
                    insert(tx, bundle, false);
                }
                change.apply(tx, hashes);
                return 0;
            });
        } catch (IOException e) {
            throw unwritable(files.path(1), e);
        } finally {
            writing.unlock();
        }
    }

    /** @param hashes is filled, in the order of the drafts @return those that had no bundle yet, on disk now */
    private List<EvidenceBundle> write(List<Draft> drafts, List<String> hashes) throws IOException {
        List<Optional<EvidenceRows.Row>> there = store.read(tx -> {
            List<Optional<EvidenceRows.Row>> rows = new ArrayList<>();
            rows.add(EvidenceRows.head(tx, chain));
            for (Draft draft : drafts) {
                rows.add(EvidenceRows.bySubject(tx, draft.subject()));
            }
            return rows;
        });
        long number = there.getFirst().map(EvidenceRows.Row::number).orElse(0L);
        String before = there.getFirst().map(EvidenceRows.Row::hash).orElse(EvidenceBundle.NONE);
        List<EvidenceBundle> fresh = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            Draft draft = drafts.get(i);
            Optional<EvidenceRows.Row> known = there.get(i + 1);
            if (known.isPresent()) {
                hashes.add(known.get().hash());
                continue;
            }
            number++;
            EvidenceBundle bundle =
                    EvidenceBundle.sign(keys, chain, number, before, draft.subject(), draft.action(), draft.content());
            fresh.add(bundle);
            hashes.add(bundle.hash());
            before = bundle.hash();
        }
        if (!fresh.isEmpty()) {
            files.write(fresh);
        }
        return fresh;
    }

    /** Files behind the head: a kill came between file and row. */
    private void adopt() throws IOException {
        while (true) {
            Optional<EvidenceRows.Row> head = store.read(tx -> EvidenceRows.head(tx, chain));
            long next = head.map(EvidenceRows.Row::number).orElse(0L) + 1;
            Optional<byte[]> file = files.read(next);
            if (file.isEmpty()) {
                return;
            }
            EvidenceBundle bundle = EvidenceBundle.read(file.get())
                    .filter(each -> each.chain().equals(chain)
                            && each.number() == next
                            && each.prevHash()
                                    .equals(head.map(EvidenceRows.Row::hash).orElse(EvidenceBundle.NONE))
                            && each.fault(keys) == null)
                    .orElseThrow(() -> new EvidenceRefused(files.path(next)
                            + " is no bundle of this chain, and stands where the next one goes: run seat-manager evidence"
                            + " verify."));
            files.sync();
            store.write(tx -> {
                insert(tx, bundle, true);
                return 0;
            });
            adopted.add(bundle.subject());
        }
    }

    private void insert(WriteTx tx, EvidenceBundle bundle, boolean found) throws SQLException {
        EvidenceRows.insert(tx, bundle, Timestamps.zulu(clock.instant()));
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("chain", bundle.chain());
        detail.put("number", Long.toString(bundle.number()));
        detail.put("bundle_hash", bundle.hash());
        detail.put("bundle_action", bundle.action());
        detail.put("adopted", found);
        store.audited()
                .audit()
                .append(tx, EvidenceEvents.WRITTEN.event(null, "default", "evidence:" + bundle.hash(), null, detail));
    }

    /** Subjects of the files that this process found without a row: the rest of the store must know them. */
    public List<String> adopted() {
        return List.copyOf(adopted);
    }
}
