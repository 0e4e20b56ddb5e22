package bulwark.facts.chain;

import bulwark.facts.FactsAuditEvents;
import bulwark.facts.fact.Fact;
import bulwark.facts.fact.FactListener;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hash chain over all facts of a tenant, its checkpoints and its verification. Thread-safe. */
public final class FactChain implements FactListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FactChain.class);
    private static final String LOG_MISMATCH = "log_mismatch";
    private static final int PAGE = 1000;

    private final Store store;
    private final AuditLog audit;
    private final Metrics metrics;
    private final ChainCheckpoints checkpoints;
    private final ChainRescanner rescan;
    private final Map<String, Proven> proven = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable ChainFinding> finding = new AtomicReference<>();
    // Writer thread only.
    private final Map<String, Head> heads = new HashMap<>();

    private volatile @Nullable ChainHead committed;

    private record Head(long seq, @Nullable String hash) {}

    /** A verified prefix and the lock of those who extend it. */
    private record Proven(ChainWalk walk, ReentrantLock lock) {}

    /**
     * @param rescanInterval time between two walks over the whole chain in the background
     * @param derived what each of these walks compares besides
     */
    public FactChain(
            Store store,
            AuditLog audit,
            Clock clock,
            Metrics metrics,
            ChainCheckpoints checkpoints,
            Duration rescanInterval,
            List<DerivedCheck> derived) {
        this.store = store;
        this.audit = audit;
        this.metrics = metrics;
        this.checkpoints = checkpoints;
        this.rescan = new ChainRescanner(this, store, clock, checkpoints, rescanInterval, derived);
    }

    /** Call before the first fact may arrive: starts verifying what is stored, in the background. */
    public void start() {
        rescan.start();
    }

    @Override
    public void inserted(WriteTx tx, Fact fact) throws SQLException {
        String tenant = fact.tenant();
        Head last = heads.containsKey(tenant) ? heads.get(tenant) : load(tx, tenant);
        tx.onRollback(heads::clear);
        long seq = last.seq + 1;
        String event = ChainHash.event(fact);
        String hash = ChainHash.chain(seq, fact.timestamp(), event, fact.id(), last.hash, tenant);
        PreparedStatement insert = tx.statement(
                "INSERT INTO fact_chain"
                        + " (tenant_id, chain_seq, fact_id, event_hash, previous_hash, chain_hash, created_at) VALUES (?,?,?,?,?,?,?)");
        insert.setString(1, tenant);
        insert.setLong(2, seq);
        insert.setString(3, fact.id());
        insert.setString(4, event);
        insert.setString(5, last.hash);
        insert.setString(6, hash);
        insert.setString(7, fact.timestamp());
        insert.executeUpdate();
        heads.put(tenant, new Head(seq, hash));
        ChainHead end = new ChainHead("fact_chain", seq, hash);
        tx.afterCommit(() -> committed = end);
        checkpoints.appended(tx, tenant, seq, hash);
    }

    /**
     * Verifies what is new since the last call (everything, the first time in this process) and anchors the head where the
     * log is local. Once a mismatch was found, by whom ever, every call refuses.
     *
     * @throws bulwark.web.ApiRefusal {@code fact_chain_mismatch}
     */
    public ChainProof prove(String tenant) {
        Proven state = proven(tenant);
        state.lock.lock();
        try {
            extend(state, tenant);
            return checkpoints.proof(tenant, state.walk.seq(), state.walk.headHash());
        } finally {
            state.lock.unlock();
        }
    }

    /** As {@link #prove}, without anchoring. */
    void verify(String tenant) {
        Proven state = proven(tenant);
        state.lock.lock();
        try {
            extend(state, tenant);
        } finally {
            state.lock.unlock();
        }
    }

    private Proven proven(String tenant) {
        return proven.computeIfAbsent(tenant, t -> new Proven(new ChainWalk(t), new ReentrantLock()));
    }

    private void extend(Proven state, String tenant) {
        refuseIfFound();
        ChainWalk.Step step;
        do {
            step = store.read(tx -> state.walk.step(tx, PAGE));
            if (step.finding() != null) {
                report(step.finding(), tenant);
            }
        } while (!step.end());
        refuseIfFound();
    }

    /** Walks everything once, now, as the background does. @return the finding's sentence, or null when all is whole */
    public @Nullable String rescanNow() {
        rescan.run(Duration.ZERO);
        ChainFinding found = finding.get();
        return found == null ? null : found.sentence();
    }

    /** Loud and sticky: one error, one metric, one audit row, and full verification refuses from here on. */
    void report(ChainFinding found, String tenant) {
        if (!finding.compareAndSet(null, found)) {
            return;
        }
        LOG.error("{}: stored facts were changed behind the node; run fsck", found.sentence());
        metrics.count("stigmem_fact_chain_mismatch", "tenant", tenant);
        Map<String, @Nullable Object> detail = new LinkedHashMap<>();
        detail.put("mismatch_reason", found.reason());
        detail.put("chain_seq", found.chainSeq());
        AuditEvent event = FactsAuditEvents.FACT_CHAIN_MISMATCH.event(null, tenant, found.factId(), null, detail);
        try {
            store.write(tx -> audit.append(tx, event));
        } catch (RuntimeException e) {
            LOG.error("the finding could not be written to the audit log", e);
        }
    }

    /** The last entry that this process committed, for the signer of heads. */
    public Optional<ChainHead> written() {
        return Optional.ofNullable(committed);
    }

    /** The store and what vouches for it do not agree: full verification refuses from here on. */
    public void distrust(String sentence) {
        LOG.error("{}", sentence);
        report(new ChainFinding(LOG_MISMATCH, null, 0), ChainRescanner.TENANT);
    }

    private void refuseIfFound() {
        ChainFinding found = finding.get();
        if (found != null) {
            throw found.refusal();
        }
    }

    private static Head load(WriteTx tx, String tenant) throws SQLException {
        PreparedStatement newest = tx.statement(
                "SELECT chain_seq, chain_hash FROM fact_chain WHERE tenant_id = ? ORDER BY chain_seq DESC LIMIT 1");
        newest.setString(1, tenant);
        try (ResultSet row = newest.executeQuery()) {
            return row.next() ? new Head(row.getLong(1), row.getString(2)) : new Head(0, null);
        }
    }

    @Override
    public void close() {
        rescan.close();
    }
}
