package bulwark.kernel.evidence.audit;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.signer.StoreOpening;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.WriteTx;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What an audit log says the rows of {@link GuardedTable}s must be. The log is the evidence, the table is only where it is quick to
 * find: a row that the log does not vouch for is an edit by somebody who can write the file, and is not to be honoured. The log is read
 * once, when it is opened, with each row proven by its hash; after that only rows that this process writes itself count, and on a store of
 * several processes what the others append, proven in the same way before it does. Thread-safe.
 */
public final class GuardedRows {
    /** Member of an audit row's detail: name of each row → its digest, or null for a row that was removed. */
    static final String MEMBER = "row_digests";

    /** Digests of rows that were there before the log vouched for them. */
    public static final AuditEventType BASELINE = AuditEventType.ofAction(
            "admin_action",
            "access_baseline",
            "rows that decide about access came under the protection of the log",
            "row_digests");

    private static final int BASELINE_ROWS = 500;
    /** Of reading the end and what was said up to there at one moment; if none succeeds the next start reads more rows. */
    private static final int KEEP_ATTEMPTS = 100;

    /** So many rows are proven at each start; of a longer table those that no start has proven yet. */
    private static final int ROWS_PROVEN_AT_START = 5_000;

    private final AuditLog audit;
    private final AuditTable table;
    private final GuardedDigests digests = new GuardedDigests();
    private volatile boolean proven;
    private volatile @Nullable Path keyFolder;
    private volatile Optional<ChainHead> provenEnd = Optional.empty();
    private volatile boolean shared;
    private final Map<GuardedTable, RowDigests> rowDigests = new ConcurrentHashMap<>();
    private volatile List<String> accepted = List.of();

    GuardedRows(AuditLog audit, AuditTable table) {
        this.audit = audit;
        this.table = table;
    }

    /**
     * Reads the log at a start, before this process writes to it.
     *
     * @param keyFolder remembers how far the log was proven
     * @return what is wrong with it, one sentence each, without what the owner accepted before
     */
    public List<String> prove(Store store, Path keyFolder) {
        Optional<ProvenRows> before = ProvenRows.read(keyFolder, table.name());
        before.ifPresent(known -> accepted = known.accepted());
        List<String> problems = new ArrayList<>(store.read(tx -> {
            shared = tx.isShared();
            tx.mustLookForOthers(this);
            return prove(tx, before.orElse(null));
        }));
        problems.removeAll(accepted);
        this.keyFolder = keyFolder;
        return problems;
    }

    private List<String> prove(ReadTx tx, @Nullable ProvenRows before) throws SQLException {
        boolean small = table.reader().lastSeq(tx) <= ROWS_PROVEN_AT_START;
        AuditProof continued = before == null ? null : AuditProof.behind(tx, table, before);
        AuditProof proof = small || continued == null ? AuditProof.ofAll(table) : continued;
        proof.finish(tx);
        take(proof);
        List<String> problems = new ArrayList<>(proof.problems());
        boolean grown = proof.end().isPresent()
                && before != null
                && proof.end().get().seq() > before.head().seq();
        if (before != null && before.stopped() && continued != null && grown) {
            problems.add("Rows " + (before.head().seq() + 1) + " to "
                    + proof.end().get().seq() + " of " + table.name()
                    + " were added while no process had the store open.");
        }
        return problems;
    }

    private void take(AuditProof proof) {
        digests.replace(proof.digests(), proof.fold());
        provenEnd = proof.end();
        proven = true;
    }

    /** The owner goes on with these findings: they are no findings from here on. */
    public void accept(List<String> problems) {
        Set<String> all = new LinkedHashSet<>(accepted);
        all.addAll(problems);
        accepted = List.copyOf(all);
    }

    /**
     * Remembers in the key folder that the log is proven up to the last row that this process wrote.
     *
     * @param stopped whether this process writes no more
     */
    public void keep(boolean stopped) throws IOException {
        Path folder = keyFolder;
        for (int i = 0; folder != null && i < KEEP_ATTEMPTS; i++) {
            Optional<ChainHead> end = end();
            String fold = digests.fold();
            // Both must be of one moment: no guarded row is being written, and no row came in between.
            if (end.isPresent() && fold != null && end.equals(end())) {
                new ProvenRows(end.get(), fold, stopped && !shared, accepted).write(folder);
                return;
            }
        }
    }

    private Optional<ChainHead> end() {
        return shared ? provenEnd : audit.written().or(() -> provenEnd);
    }

    /**
     * Proves what other processes appended up to the state that a transaction sees, once for each transaction: from there on it counts.
     *
     * @throws StoreFailed when a row does not link or its hash does not fit; nothing is written any more then
     */
    void lookForOthers(ReadTx tx) throws SQLException {
        if (!proven || !tx.mustLookForOthers(this)) {
            return;
        }
        long last = table.reader().lastSeq(tx);
        synchronized (digests) {
            if (last <= provenEnd.map(ChainHead::seq).orElse(0L)) {
                // Of a moment before: the writer itself finds out whether the table became shorter.
                return;
            }
            AuditProof proof = AuditProof.from(table, provenEnd.orElse(null), digests.foldNow());
            proof.finish(tx);
            if (!proof.problems().isEmpty()) {
                String found = proof.problems().getFirst();
                audit.distrust(found + " Nothing is written any more. Stop every process, and run fsck.");
                throw new StoreFailed(found, null);
            }
            proof.changes().forEach(digests::learned);
            provenEnd = proof.end();
        }
    }

    /** A row of this process is committed; unless it was read before this is called. */
    void follow(AuditRow row, Map<String, @Nullable String> said) {
        synchronized (digests) {
            if (row.seq() == provenEnd.map(ChainHead::seq).orElse(0L) + 1) {
                if (!said.isEmpty()) {
                    digests.learned(said);
                }
                provenEnd = Optional.of(new ChainHead(table.name(), row.seq(), row.rowHash()));
            }
        }
    }

    /** One walk over the whole log beside its writers, page by page, for a re-scan. */
    public AuditPages pages(Store store) {
        ChainHead end = end().orElse(null);
        return new AuditPages(store, table, end, accepted);
    }

    /** Audits a change of one row: call it after the change and in its transaction. */
    public AuditRow append(WriteTx tx, AuditEvent event, GuardedTable table, String... key) throws SQLException {
        return append(tx, event, Map.of(table, List.of(List.of(key))));
    }

    /** As {@link #append(WriteTx, AuditEvent, GuardedTable, String...)}, for several rows that change together. */
    public AuditRow append(WriteTx tx, AuditEvent event, Map<GuardedTable, List<List<String>>> changed)
            throws SQLException {
        Map<String, @Nullable String> said = new TreeMap<>();
        for (Map.Entry<GuardedTable, List<List<String>>> entry : changed.entrySet()) {
            RowDigests of = digestsOf(tx, entry.getKey());
            for (List<String> key : entry.getValue()) {
                said.put(entry.getKey().rowName(key), of.of(tx, key));
            }
        }
        return appendDigests(tx, event, said);
    }

    private AuditRow appendDigests(WriteTx tx, AuditEvent event, Map<String, @Nullable String> said)
            throws SQLException {
        proveIfNew(tx);
        Map<String, @Nullable Object> detail = new LinkedHashMap<>(event.detail());
        detail.put(MEMBER, said);
        AuditEvent whole =
                new AuditEvent(event.type(), event.actor(), event.tenant(), event.subject(), event.source(), detail);
        digests.written(said);
        tx.onRollback(() -> digests.rolledBack(said));
        AuditRow row = audit.append(tx, whole, said);
        tx.afterCommit(tx.isShared() ? () -> digests.rolledBack(said) : () -> digests.committed(said));
        return row;
    }

    /** Whether the row is there and is what the log says it must be. */
    public boolean vouchesFor(ReadTx tx, GuardedTable table, String... key) throws SQLException {
        String digest = digestsOf(tx, table).of(tx, List.of(key));
        proveIfNew(tx);
        lookForOthers(tx);
        return digest != null && digests.agree(tx, table.rowName(List.of(key)), Optional.of(digest));
    }

    /**
     * As {@link #vouchesFor}, for many rows in one query.
     *
     * @param partOfKey values of some columns of the key; of none: every row
     * @return keys of the rows that are there and are what the log says they must be
     */
    public Set<List<String>> vouched(ReadTx tx, GuardedTable table, SortedMap<String, String> partOfKey)
            throws SQLException {
        Map<List<String>, String> found = digestsOf(tx, table).of(tx, partOfKey);
        proveIfNew(tx);
        lookForOthers(tx);
        Set<List<String>> vouched = new HashSet<>();
        for (Map.Entry<List<String>, String> row : found.entrySet()) {
            if (digests.agree(tx, table.rowName(row.getKey()), Optional.of(row.getValue()))) {
                vouched.add(row.getKey());
            }
        }
        return vouched;
    }

    /** The defaults of columns are asked for once: no process changes a table while it runs. */
    private RowDigests digestsOf(ReadTx tx, GuardedTable guarded) throws SQLException {
        RowDigests known = rowDigests.get(guarded);
        if (known == null) {
            known = RowDigests.of(tx, guarded);
            rowDigests.put(guarded, known);
        }
        return known;
    }

    /** For a log that no {@link StoreOpening} judged: what is wrong with it is reported, and what it says wrongly does not count. */
    private void proveIfNew(ReadTx tx) throws SQLException {
        if (!proven) {
            synchronized (digests) {
                if (!proven) {
                    shared = tx.isShared();
                    tx.mustLookForOthers(this);
                    AuditProof proof = AuditProof.ofAll(table).finish(tx);
                    proof.problems().stream().findFirst().ifPresent(audit::distrust);
                    take(proof);
                }
            }
        }
    }

    /** Compares every row of these tables with what the log said. @return problems, one sentence each, empty when whole */
    public List<String> check(ReadTx tx, List<GuardedTable> tables) throws SQLException {
        proveIfNew(tx);
        lookForOthers(tx);
        return compare(
                tx,
                tables,
                table.name(),
                digests.names(),
                (name, digest) -> digests.agree(tx, name, digest),
                digests::newest);
    }

    /** As {@link #check(ReadTx, List)}, for a log that nobody has open. */
    public static List<String> check(ReadTx tx, AuditTable log, List<GuardedTable> tables) throws SQLException {
        Map<String, Optional<String>> logged = AuditProof.ofAll(log).finish(tx).digests();
        return compare(
                tx,
                tables,
                log.name(),
                logged.keySet(),
                (name, digest) -> digest.equals(logged.getOrDefault(name, Optional.empty())),
                logged::get);
    }

    /** Whether a row, or its absence, is right. */
    private interface Agreement {
        boolean agree(String name, Optional<String> digest);
    }

    /** The newest word about a row, null without one. */
    private interface Word {
        @Nullable
        Optional<String> about(String name);
    }

    private static List<String> compare(
            ReadTx tx, List<GuardedTable> tables, String log, Set<String> names, Agreement agreement, Word word)
            throws SQLException {
        List<String> problems = new ArrayList<>();
        for (GuardedTable table : tables) {
            Map<String, String> rows = RowDigests.of(tx, table).all(tx);
            rows.forEach((name, digest) -> {
                if (!agreement.agree(name, Optional.of(digest))) {
                    Optional<String> expected = word.about(name);
                    problems.add(
                            expected == null
                                    ? "Row " + name + " follows from no row of " + log + ": it was put in by hand."
                                    : expected.isEmpty()
                                            ? "Row " + name + " was removed according to " + log
                                                    + ", and is there again."
                                            : "Row " + name + " is not what " + log + " says: it was changed by hand.");
                }
            });
            for (String name : names) {
                if (name.startsWith(table.name() + "/")
                        && !rows.containsKey(name)
                        && !agreement.agree(name, Optional.empty())) {
                    problems.add("Row " + name + " is missing, and " + log + " knows of no removal.");
                }
            }
        }
        return problems;
    }

    /**
     * Writes down the rows of tables that the log has no digest of yet: those of a store from before digests were audited.
     *
     * @return how many rows
     * @param vouched which of those rows follow from what such a store audited; the others are left out, and so are not honoured
     */
    public int baseline(WriteTx tx, List<GuardedTable> tables, Vouching vouched, String tenant) throws SQLException {
        Map<String, @Nullable String> said = new TreeMap<>();
        for (GuardedTable table : without(tx, tables)) {
            for (Map.Entry<String, String> row :
                    RowDigests.of(tx, table).all(tx).entrySet()) {
                if (vouched.vouches(
                        tx, table, row.getKey().substring(table.name().length() + 1))) {
                    said.put(row.getKey(), row.getValue());
                }
            }
        }
        List<String> names = List.copyOf(said.keySet());
        for (int from = 0; from < names.size(); from += BASELINE_ROWS) {
            Map<String, @Nullable String> part = new TreeMap<>();
            names.subList(from, Math.min(names.size(), from + BASELINE_ROWS))
                    .forEach(name -> part.put(name, said.get(name)));
            appendDigests(tx, BASELINE.event(null, tenant, null, null, Map.of("action", BASELINE.action())), part);
        }
        return said.size();
    }

    /** Whether one of these tables has rows while the log has no digest of any row of it. */
    public boolean lacksBaseline(ReadTx tx, List<GuardedTable> tables) throws SQLException {
        for (GuardedTable table : without(tx, tables)) {
            try (ResultSet row =
                    tx.statement("SELECT 1 FROM " + table.name() + " LIMIT 1").executeQuery()) {
                if (row.next()) {
                    return true;
                }
            }
        }
        return false;
    }

    private List<GuardedTable> without(ReadTx tx, List<GuardedTable> tables) throws SQLException {
        proveIfNew(tx);
        Set<String> known = new HashSet<>();
        digests.names().forEach(name -> known.add(name.substring(0, name.indexOf('/'))));
        return tables.stream().filter(table -> !known.contains(table.name())).toList();
    }

    /** Whether the older evidence vouches for a row; the key's parts are joined by blanks. */
    public interface Vouching {
        boolean vouches(ReadTx tx, GuardedTable table, String key) throws SQLException;
    }
}
