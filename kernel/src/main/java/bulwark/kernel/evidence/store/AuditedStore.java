package bulwark.kernel.evidence.store;

import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.ApiKeys.NewKey;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.audit.ChainTable;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.HashChain;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.journal.Journal;
import bulwark.kernel.evidence.journal.JournalChain;
import bulwark.kernel.evidence.journal.JournalRetention;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.evidence.signer.EvidenceRescan;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.evidence.signer.StoreOpening;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store with one audit log, the signer of its heads, and API keys that the log vouches for if its layout has any: opened in the order in which nothing is believed before it was checked, closed in the
 * other. Log, key folder and store lie in one folder. Thread-safe; {@link #close} ends all of it.
 */
public final class AuditedStore implements AutoCloseable {
    /** The owner went on with a store that is not what was signed. */
    public static final AuditEventType LOSS_ACCEPTED = AuditEventType.ofAction(
            "admin_action", "evidence_loss_accepted", "a start went on after a loss of evidence", "lost");

    /** What a crash left at the end of the journal. */
    public static final AuditEventType JOURNAL_TORN = AuditEventType.ofAction(
            "admin_action", "journal_torn", "the journal ended with a batch that a crash cut off", "bytes");

    private static final String NO_TENANT = "default";
    private static final GuardedTable API_KEYS = GuardedTable.of("api_keys", "id");
    /** A head is signed at most ten seconds after it moved. */
    private static final Duration HEADS_INTERVAL = Duration.ofSeconds(8);

    private final Store store;
    private final Path file;
    private final @Nullable StoreLock lock;
    private final AuditLog audit;
    private final @Nullable ApiKeys keys;
    private final TransparencyLog log;
    private final HeadSigner heads;
    private final LogKeys logKeys;
    private final EvidenceRescan rescan;
    private final @Nullable Journal journal;
    private final @Nullable TailSigner tail;
    private final Clock clock;

    /**
     * What is the same for all stores of one kind.
     *
     * @param audit the audit log's table
     * @param migrations {@link AuditTable#migration} and those of the part's own tables; those of keys and heads are added
     * @param guarded tables besides the API keys whose rows decide who may do what
     * @param withJournal whether a decision journal lies beside the store, whose head is signed together with the audit log's
     * @param withKeys whether the store has API keys
     */
    public record Layout(
            AuditTable audit,
            Migrations migrations,
            List<GuardedTable> guarded,
            boolean withJournal,
            boolean withKeys) {
        public Layout {
            guarded = List.copyOf(guarded);
        }

        /** An audit log and its signed heads, and nothing else. */
        public static Layout ofAudit(AuditTable audit, Migrations migrations) {
            return new Layout(audit, migrations, List.of(), false, false);
        }

        public Layout(AuditTable audit, Migrations migrations, List<GuardedTable> guarded, boolean withJournal) {
            this(audit, migrations, guarded, withJournal, true);
        }

        public Layout(AuditTable audit, Migrations migrations, List<GuardedTable> guarded) {
            this(audit, migrations, guarded, false);
        }

        /** Those of the part, of the audit table, of keys and of heads. */
        public Migrations all() {
            return Migrations.of(withKeys ? ApiKeys.MIGRATIONS : List.of(), List.of("db/kernel/V010__store_heads.sql"))
                    .and(migrations);
        }

        List<GuardedTable> allGuarded() {
            List<GuardedTable> all = new ArrayList<>(guarded);
            if (withKeys) {
                all.add(API_KEYS);
            }
            return all;
        }

        /**
         * What vouches for a store of this file, and where.
         *
         * @param secondPlace file outside of the store's folder for the newest signed heads, or null
         */
        public EvidenceScope scope(Path file, @Nullable ConfiguredPath secondPlace) {
            return scope(file, secondPlace, () -> LogKeys.verifyOnly(keyFolder(file), Signing.fastest()));
        }

        private EvidenceScope scope(Path file, @Nullable ConfiguredPath secondPlace, Supplier<LogKeys> logKeys) {
            List<HashChain> chains = new ArrayList<>(List.of(ChainTable.audit(audit)));
            if (withJournal) {
                chains.add(new JournalChain(journalFolder(file), keyFolder(file), logKeys));
            }
            return new EvidenceScope(
                    keyFolder(file), ConfiguredPath.unnamed(logFile(file)), secondPlace, chains, List.of());
        }

        /** Where the keys lie that vouch for a store of this file. */
        public static Path keyFolder(Path file) {
            return beside(file, ".keys");
        }

        /** Where the segments of the journal beside a store lie. */
        public static Path journalFolder(Path file) {
            return beside(file, ".journal");
        }

        /** The transparency log of a store. */
        public static Path logFile(Path file) {
            return beside(file, ".log.jsonl");
        }

        private static Path beside(Path file, String ending) {
            return file.toAbsolutePath().resolveSibling(file.getFileName() + ending);
        }
    }

    private AuditedStore(
            Store store,
            Path file,
            @Nullable StoreLock lock,
            AuditLog audit,
            TransparencyLog log,
            Layout layout,
            @Nullable ConfiguredPath secondPlace,
            Clock clock,
            StoreOpening.Acceptance loss) {
        this.store = store;
        this.file = file;
        this.lock = lock;
        this.audit = audit;
        this.log = log;
        this.clock = clock;
        logKeys = LogKeys.open(Layout.keyFolder(file), Signing.fastest(), clock);
        EvidenceScope scope = layout.scope(file, secondPlace, this::logKeys);
        StoreOpening.Opened opened = StoreOpening.open(store, log, scope, logKeys, clock, loss, tx -> List.of(), audit);
        heads = opened.signer();
        heads.expect(layout.audit().name(), audit::written);
        heads.onFinding(audit::distrust);
        keys = layout.withKeys() ? openKeys() : null;
        if (!opened.acceptedLoss().isEmpty()) {
            Map<String, Object> detail = Map.of("action", LOSS_ACCEPTED.action(), "lost", opened.acceptedLoss());
            store.write(tx -> audit.append(tx, LOSS_ACCEPTED.event(null, NO_TENANT, null, null, detail)));
        }
        journal = layout.withJournal() ? openJournal() : null;
        boolean lost = !opened.acceptedLoss().isEmpty();
        tail = journal == null ? null : TailSigner.start(journal, Layout.keyFolder(file), logKeys, lost);
        heads.start(HEADS_INTERVAL);
        rescan = EvidenceRescan.start(store, audit, heads);
    }

    private LogKeys logKeys() {
        return logKeys;
    }

    private ApiKeys openKeys() {
        ApiKeys opened = ApiKeys.open(store, clock, Duration.ZERO);
        opened.honourOnly((tx, id) -> audit.guardedRows().vouchesFor(tx, API_KEYS, id));
        return opened;
    }

    private Journal openJournal() {
        Journal opened = Journal.open(Layout.journalFolder(file), Journal.Options.DEFAULT, new SecureRandom(), clock);
        heads.expect(JournalChain.NAME, opened::written);
        if (opened.tornBytes() > 0) {
            Map<String, Object> detail = Map.of("action", JOURNAL_TORN.action(), "bytes", opened.tornBytes());
            store.write(tx -> audit.append(tx, JOURNAL_TORN.event(null, NO_TENANT, null, null, detail)));
        }
        return opened;
    }

    /** @throws IllegalStateException when the layout has none */
    public Journal journal() {
        if (journal == null) {
            throw new IllegalStateException("this store has no journal");
        }
        return journal;
    }

    /** Signs the heads, and removes segments of the journal that hold nothing younger than this. @return how many */
    public int removeJournalOlderThan(Duration age) throws IOException {
        long written = journal().written().map(ChainHead::seq).orElse(0L);
        return heads.signNow() ? new JournalRetention(Layout.journalFolder(file), logKeys, age, clock).run(written) : 0;
    }

    /**
     * Creates what is missing, and brings an older store up to date.
     *
     * @param loss the setting with which the owner accepts that the store is not what was signed
     * @throws bulwark.kernel.storage.StoreRefused when it is not and that was not accepted, or when a process has it open
     */
    public static AuditedStore open(Path file, Layout layout, StoreOpening.Acceptance loss, Clock clock) {
        return open(file, layout, null, loss, clock);
    }

    /** As {@link #open(Path, Layout, StoreOpening.Acceptance, Clock)}. @param secondPlace file outside of the store's folder for the newest signed heads, or null */
    public static AuditedStore open(
            Path file, Layout layout, @Nullable ConfiguredPath secondPlace, StoreOpening.Acceptance loss, Clock clock) {
        return open(file, layout, Store.SchemaPolicy.CREATE_OR_UPGRADE, secondPlace, loss, clock);
    }

    /** As {@link #open(Path, Layout, StoreOpening.Acceptance, Clock)}, for a service that leaves migrations to a command of its operator: another schema is refused. */
    public static AuditedStore openCurrent(Path file, Layout layout, StoreOpening.Acceptance loss, Clock clock) {
        return open(file, layout, Store.SchemaPolicy.REFUSE_UNLESS_CURRENT, null, loss, clock);
    }

    private static AuditedStore open(
            Path file,
            Layout layout,
            Store.SchemaPolicy policy,
            @Nullable ConfiguredPath secondPlace,
            StoreOpening.Acceptance loss,
            Clock clock) {
        Store store = Store.open(file, layout.all(), policy);
        return over(store, file, null, layout, secondPlace, loss, clock);
    }

    /**
     * Over a store that several processes share. Each has keys and a log of its own, under which it signs the heads that it sees; a
     * process whose key folder is new joins, and vouches for what it finds from then on.
     *
     * @param database opened with {@link Layout#all}; closed with this
     * @param base names where key folder, log and journal of this process lie: beside it, as beside the file of a store; no second
     *     process uses it
     * @throws bulwark.kernel.storage.StoreRefused when the store is not what this process signed and that was not accepted, or when
     *     another process uses the base
     */
    public static AuditedStore openShared(
            Store database, Path base, Layout layout, StoreOpening.Acceptance loss, Clock clock) {
        StoreLock lock = null;
        try {
            Path folder = base.toAbsolutePath().getParent();
            if (folder != null) {
                OwnerOnlyFiles.createDirectories(folder);
            }
            lock = StoreLock.take(base.toAbsolutePath().normalize());
            return over(database, base, lock, layout, null, loss, clock);
        } catch (IOException e) {
            database.close();
            throw new UncheckedIOException("the folder of " + base + " cannot be used: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            database.close();
            release(lock);
            throw e;
        }
    }

    private static void release(@Nullable StoreLock lock) {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the lock could not be released; it ends with the process", e);
        }
    }

    private static AuditedStore over(
            Store store,
            Path file,
            @Nullable StoreLock lock,
            Layout layout,
            @Nullable ConfiguredPath secondPlace,
            StoreOpening.Acceptance loss,
            Clock clock) {
        AuditLog audit = AuditLog.open(store, layout.audit(), clock);
        TransparencyLog log = TransparencyLogs.local(Layout.logFile(file), clock);
        try {
            return new AuditedStore(store, file, lock, audit, log, layout, secondPlace, clock, loss);
        } catch (RuntimeException e) {
            audit.close();
            store.close();
            log.close();
            throw e;
        }
    }

    public Store store() {
        return store;
    }

    public AuditLog audit() {
        return audit;
    }

    /** The signer of its heads, whose log key can be replaced. */
    public HeadSigner heads() {
        return heads;
    }

    /** Keys without a maximum age. @throws IllegalStateException when the layout has none */
    public ApiKeys keys() {
        if (keys == null) {
            throw new IllegalStateException("this store has no API keys");
        }
        return keys;
    }

    /** Makes a key known, with its audit row in the same transaction. One that is known, revoked or not, stays as it is. Slow for a new one, which is hashed. */
    public void register(SecretBytes raw, NewKey key, AuditEventType made) {
        ApiKeys known = keys();
        if (store.read(tx -> known.byRawKey(tx, raw)).isPresent()) {
            return;
        }
        ApiKeys.Prepared hashed = known.prepare(raw);
        store.write(tx -> {
            String id = known.insert(tx, hashed, key).id();
            return audit.guardedRows().append(tx, made.event(null, key.tenant(), id, null, Map.of()), API_KEYS, id);
        });
    }

    /** Compares everything with what vouches for it, as happens every ten minutes by itself; {@link #problem} says what was found. */
    public void rescan() {
        rescan.runNow();
    }

    /** Why evidence cannot be written or believed, for health; null when all is well. */
    public @Nullable String problem() {
        String silent = store.problem();
        if (silent != null) {
            return silent;
        }
        String unsigned = heads.problem();
        if (unsigned != null) {
            return unsigned;
        }
        String unwritten = journal == null ? null : journal.problem();
        return unwritten != null ? unwritten : audit.problem();
    }

    @Override
    public void close() {
        rescan.close();
        if (journal != null) {
            journal.close();
        }
        if (tail != null) {
            tail.close();
        }
        audit.close();
        heads.close();
        store.close();
        log.close();
        release(lock);
    }
}
