package bulwark.kernel.evidence.audit;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.WriteTx;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one audit table, kept in memory; read again for each batch of writes where other processes append too. Appending belongs to
 * the store's writer thread. A table that no longer ends where this process left it takes no further row: each append is refused as a failed store, so nothing is done without its evidence.
 */
final class AuditChain {
    private static final Logger LOG = LoggerFactory.getLogger(AuditChain.class);

    private final String table;
    private final AuditRowJson json;
    private final String insert;
    private final String selectHead;
    private final Runnable resetHead = this::resetHead;
    private final Runnable keep = this::keep;
    // Ids name rows and guard nothing: a fast generator, seeded once from the system's.
    private final SplittableRandom ids = new SplittableRandom(new SecureRandom().nextLong());
    private @Nullable ChainHead head;
    private volatile @Nullable ChainHead committedHead;
    private volatile @Nullable String problem;
    private boolean ended;

    AuditChain(AuditTable audited) {
        table = audited.name();
        json = audited.json();
        AuditColumns columns = audited.columns();
        insert = "INSERT INTO " + table + " (seq, id, event_type, " + columns.actor() + ", " + columns.subject()
                + ", source, ts, tenant_id, detail, prev_hash, row_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        selectHead = "SELECT seq, row_hash FROM " + table + " ORDER BY seq DESC LIMIT 1";
    }

    AuditRow append(WriteTx tx, PendingAuditRow draft) throws SQLException {
        String changed = problem;
        if (changed != null) {
            throw new StoreFailed(changed, null);
        }
        if (ended) {
            throw new StoreFailed("This process ends and writes no more into " + table + ".", null);
        }
        if (tx.mustLookForOthers(this)) {
            follow(tx);
        }
        ChainHead end = head;
        if (end == null) {
            end = storedHead(tx).orElse(new ChainHead(table, 0, ""));
        }
        String previousHash = end.seq() == 0 ? null : end.hash();
        AuditRow row = AuditRow.linked(json, end.seq() + 1, newId(), draft, previousHash);
        PreparedStatement statement = tx.statement(insert);
        statement.setLong(1, row.seq());
        statement.setString(2, row.id());
        statement.setString(3, row.type());
        statement.setString(4, row.actor());
        statement.setString(5, row.subject());
        statement.setString(6, row.source());
        statement.setString(7, row.ts());
        statement.setString(8, row.tenant());
        statement.setString(9, row.detail());
        statement.setString(10, row.previousHash());
        statement.setString(11, row.rowHash());
        tx.onRollback(resetHead);
        insert(tx, statement, end);
        tx.afterCommit(keep);
        head = new ChainHead(table, row.seq(), row.rowHash());
        return row;
    }

    /** Behind the lock of all writers: nobody else appends before this transaction ends. */
    private void follow(WriteTx tx) throws SQLException {
        ChainHead stored = storedHead(tx).orElse(new ChainHead(table, 0, ""));
        ChainHead own = committedHead;
        if (own != null && (stored.seq() < own.seq() || stored.seq() == own.seq() && !stored.equals(own))) {
            distrust(table + " was changed behind this process: it ends at row " + stored.seq()
                    + " and this process wrote row " + own.seq()
                    + "; nothing is written any more. Stop, and run fsck.");
            throw new StoreFailed(String.valueOf(problem), null);
        }
        head = stored;
    }

    private void resetHead() {
        head = committedHead;
    }

    private void keep() {
        committedHead = head;
    }

    private void insert(WriteTx tx, PreparedStatement statement, ChainHead end) throws SQLException {
        try {
            statement.executeUpdate();
        } catch (SQLException e) {
            if (tx.isShared()) {
                // The failed statement ended the transaction, and the end was read behind the lock.
                throw e;
            }
            ChainHead stored = storedHead(tx).orElse(new ChainHead(table, 0, ""));
            if (stored.equals(end)) {
                throw e;
            }
            distrust(table + " was changed behind this process: it ends at row " + stored.seq()
                    + " and this process wrote row " + end.seq()
                    + "; nothing is written any more. Stop, and run fsck.");
            throw new StoreFailed(String.valueOf(problem), e);
        }
    }

    /** On the writer thread. */
    void end() {
        ended = true;
    }

    /** Refuses every further row. */
    void distrust(String sentence) {
        if (problem == null) {
            problem = sentence;
            LOG.error("{}", sentence);
        }
    }

    @Nullable
    String problem() {
        return problem;
    }

    /** The last row that this process committed; empty before the first. */
    Optional<ChainHead> committedHead() {
        return Optional.ofNullable(committedHead);
    }

    Optional<ChainHead> storedHead(ReadTx tx) throws SQLException {
        try (ResultSet end = tx.statement(selectHead).executeQuery()) {
            return end.next() ? Optional.of(new ChainHead(table, end.getLong(1), end.getString(2))) : Optional.empty();
        }
    }

    /** RFC 9562 version 4. */
    private String newId() {
        long high = ids.nextLong() & ~0xf000L | 0x4000L;
        long low = ids.nextLong() >>> 2 | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
