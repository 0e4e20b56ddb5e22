package bulwark.facts.chain;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.LogEntry;
import bulwark.kernel.evidence.log.LogLeaf;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.outbox.Outbox;
import bulwark.kernel.evidence.outbox.OutboxRefused;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries chain heads into the transparency log: after so many facts or so much time through the outbox, and on demand
 * before a full verification where the log is local. Thread-safe.
 */
public final class ChainCheckpoints {
    private static final Logger LOG = LoggerFactory.getLogger(ChainCheckpoints.class);
    private static final String EFFECT = "fact_chain_checkpoint";
    private static final String SIGNED_CHECKPOINT = "bulwark.dev/log/fact-chain-checkpoint/v1";

    private final Store store;
    private final Outbox outbox;
    private final TransparencyLog log;
    private final Clock clock;
    private final CheckpointPolicy due;
    private final HeadSigner signer;
    // Writer thread only.
    private final Map<String, Covered> covered = new HashMap<>();

    /** @param facts entries; age: time since the last checkpoint */
    public record CheckpointPolicy(int facts, Duration age) {
        public static CheckpointPolicy defaults() {
            return new CheckpointPolicy(1000, Duration.ofSeconds(60));
        }
    }

    private record Covered(long seq, Instant since) {}

    /**
     * Registers its effects with the outbox, so construct it before the outbox starts.
     *
     * @param signer signs all heads of the store; here it signs what a proof shows
     * @param retry longest time before a checkpoint that did not reach the log is tried again
     */
    public ChainCheckpoints(
            Store store,
            Outbox outbox,
            TransparencyLog log,
            Clock clock,
            CheckpointPolicy due,
            HeadSigner signer,
            Duration retry) {
        this.store = store;
        this.outbox = outbox;
        this.log = log;
        this.clock = clock;
        this.due = due;
        this.signer = signer;
        outbox.handle(EFFECT, retry, (id, payload) -> submit(id));
    }

    /** Sets the store against its log, its key folder and its second place. @return sentences */
    List<String> check() {
        return signer.recheck();
    }

    /** In the transaction that appended to the chain. */
    void appended(WriteTx tx, String tenant, long seq, String chainHash) throws SQLException {
        if (off()) {
            return;
        }
        Covered last = covered.containsKey(tenant) ? covered.get(tenant) : load(tx, tenant);
        Instant now = clock.instant();
        boolean isDue = seq - last.seq >= due.facts() || !now.isBefore(last.since.plus(due.age()));
        if (isDue) {
            enqueue(tx, CheckpointRow.pending(tenant, seq, chainHash, Timestamps.offset(now)));
            tx.onRollback(covered::clear);
            last = new Covered(seq, now);
        }
        covered.put(tenant, last);
    }

    /** Heads that no write carries on: due by age alone. */
    void anchorQuietHeads() {
        if (off()) {
            return;
        }
        CheckpointRow head = store.read(tx -> Optional.ofNullable(quietHead(tx, ChainRescanner.TENANT)))
                .orElse(null);
        if (head != null) {
            store.write(tx -> {
                enqueue(tx, head);
                tx.afterCommit(covered::clear);
                return head;
            });
        }
    }

    /** The proof of a verified head, anchored now where the log is local. */
    ChainProof proof(String tenant, long seq, @Nullable String headHash) {
        if (headHash == null) {
            return new ChainProof(tenant, seq, null, null);
        }
        CheckpointRow newest = store.read(tx -> Optional.ofNullable(CheckpointRow.newest(tx, tenant, true)))
                .orElse(null);
        if (newest != null && newest.covered() == seq && newest.chainHash().equals(headHash)) {
            return new ChainProof(tenant, seq, headHash, signed(newest));
        }
        Map<String, @Nullable Object> last = newest == null ? null : json(newest);
        if (!log.backend().equals("local")) {
            return new ChainProof(tenant, seq, headHash, null, last);
        }
        try {
            CheckpointRow pending = CheckpointRow.pending(tenant, seq, headHash, now());
            CheckpointRow anchored = append(pending);
            store.write(tx -> {
                anchored.save(tx);
                tx.afterCommit(covered::clear);
                return anchored;
            });
            return new ChainProof(tenant, seq, headHash, signed(anchored));
        } catch (LogUnavailable e) {
            LOG.warn("the chain head could not be anchored: {}", e.getMessage());
            return new ChainProof(tenant, seq, headHash, null, last);
        }
    }

    /** Whoever holds two signed answers about one position that differ has proof against this node. */
    private Map<String, @Nullable Object> signed(CheckpointRow verified) {
        Map<String, @Nullable Object> statement = new LinkedHashMap<>();
        statement.put("store_id", signer.storeId());
        statement.put("tenant_id", verified.tenant());
        statement.put("covered_chain_seq", verified.covered());
        statement.put("chain_hash", verified.chainHash());
        statement.put("signed_at", now());
        LogKeys.Signature signature = signer.keys().sign(SIGNED_CHECKPOINT, statement);
        Map<String, @Nullable Object> json = json(verified);
        json.put("store_id", signer.storeId());
        json.put("signed_at", statement.get("signed_at"));
        json.put("key_id", signature.keyId());
        json.put("signature", signature.value());
        return json;
    }

    /** With the proof of the log's tree, once a checkpoint covers the leaf. */
    private Map<String, @Nullable Object> json(CheckpointRow row) {
        CheckpointRow.Anchor anchor = row.anchor();
        if (anchor == null || !anchor.backend().equals("local")) {
            return row.toJson(null);
        }
        try {
            byte[] leaf = CanonicalJson.bytes(row.payload());
            return row.toJson(log.proof(anchor.index())
                    .filter(proof -> proof.proves(leaf))
                    .map(TlogProof::text)
                    .orElse(null));
        } catch (LogUnavailable e) {
            LOG.warn("the answer carries no proof of the log's tree: {}", e.getMessage());
            return row.toJson(null);
        }
    }

    private void enqueue(WriteTx tx, CheckpointRow row) throws SQLException {
        row.save(tx);
        outbox.enqueue(tx, EFFECT, row.id(), "{}");
    }

    private void submit(String id) throws Exception {
        CheckpointRow row = store.read(tx -> Optional.ofNullable(CheckpointRow.byId(tx, id)))
                .orElse(null);
        if (row == null || row.anchor() != null) {
            return;
        }
        if (!store.read(row::isOfTheChain)) {
            throw new OutboxRefused("checkpoint " + id + " names a head that the fact chain does not have");
        }
        try {
            save(append(row));
        } catch (LogUnavailable e) {
            save(row.failed(String.valueOf(e.getMessage())));
            throw e;
        }
    }

    private CheckpointRow append(CheckpointRow row) throws LogUnavailable {
        LogEntry entry = log.append(new LogLeaf(row.payload(), row.id()));
        return row.submitted(log.backend(), entry, now());
    }

    private void save(CheckpointRow row) {
        store.write(tx -> {
            row.save(tx);
            return row;
        });
    }

    private @Nullable CheckpointRow quietHead(ReadTx tx, String tenant) throws SQLException {
        Covered last = load(tx, tenant);
        Instant now = clock.instant();
        PreparedStatement select = tx.statement(
                "SELECT chain_seq, chain_hash, created_at FROM fact_chain WHERE tenant_id = ? ORDER BY chain_seq DESC LIMIT 1");
        select.setString(1, tenant);
        try (ResultSet row = select.executeQuery()) {
            if (!row.next() || row.getLong(1) <= last.seq) {
                return null;
            }
            Instant oldest = Instant.parse(row.getString(3).replace("+00:00", "Z"));
            return now.isBefore(oldest.plus(due.age()))
                    ? null
                    : CheckpointRow.pending(tenant, row.getLong(1), row.getString(2), Timestamps.offset(now));
        }
    }

    private Covered load(ReadTx tx, String tenant) throws SQLException {
        CheckpointRow newest = CheckpointRow.newest(tx, tenant, false);
        return newest == null
                ? new Covered(0, clock.instant())
                : new Covered(newest.covered(), Instant.parse(newest.createdAt().replace("+00:00", "Z")));
    }

    private boolean off() {
        return log.backend().equals("off");
    }

    private String now() {
        return Timestamps.offset(clock.instant());
    }
}
