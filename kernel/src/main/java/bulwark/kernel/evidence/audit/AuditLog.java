package bulwark.kernel.evidence.audit;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An append-only, hash-chained table of {@link AuditRow}s inside a part's own store. Mutations append in their own
 * transaction; reads are batched (flushed within 200 ms, loss bound one second on a crash); refusals are limited to the first
 * 100 rows per actor, reason and minute, then one row with {@code suppressed}. One instance per table of a store; close it
 * before the store. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {
    private final Store store;
    private final AuditTable table;
    private final Clock clock;
    private final AuditChain chain;
    private final RefusalRateLimit refusals = RefusalRateLimit.ofActors();
    private final RefusalRateLimit strangers = RefusalRateLimit.ofStrangers();
    private final AuditWriteBehind later;
    private final GuardedRows guarded;
    private final List<Consumer<AuditRow>> listeners = new CopyOnWriteArrayList<>();

    private AuditLog(Store store, AuditTable table, Clock clock) {
        this.store = store;
        this.table = table;
        this.clock = clock;
        this.chain = new AuditChain(table);
        this.guarded = new GuardedRows(this, table);
        this.later = new AuditWriteBehind(store, table.name(), this, clock, List.of(refusals, strangers));
    }

    /** @param table made by {@link AuditTable#migration} */
    public static AuditLog open(Store store, AuditTable table, Clock clock) {
        AuditLog log = new AuditLog(store, table, clock);
        log.later.start();
        return log;
    }

    /** In the caller's transaction. */
    public AuditRow append(WriteTx tx, AuditEvent event) throws SQLException {
        return append(tx, PendingAuditRow.of(event, clock.instant()));
    }

    /** @param said what the row says about guarded rows */
    AuditRow append(WriteTx tx, AuditEvent event, Map<String, @Nullable String> said) throws SQLException {
        return append(tx, PendingAuditRow.of(event, clock.instant()), said);
    }

    AuditRow append(WriteTx tx, PendingAuditRow draft) throws SQLException {
        return append(tx, draft, Map.of());
    }

    private AuditRow append(WriteTx tx, PendingAuditRow draft, Map<String, @Nullable String> said) throws SQLException {
        guarded.lookForOthers(tx);
        AuditRow row = chain.append(tx, draft);
        if (tx.isShared()) {
            tx.afterCommit(() -> guarded.follow(row, said));
        }
        if (!listeners.isEmpty()) {
            tx.afterCommit(() -> listeners.forEach(listener -> listener.accept(row)));
        }
        return row;
    }

    /** Never awaited. A full queue turns into one counting row per actor and type. */
    public void appendLater(AuditEvent event) {
        later.add(event);
    }

    /**
     * A refusal of a known actor: the first of a minute is durable when this returns, up to 100 rows a minute, the rest
     * counted in one row {@code {"reason", "suppressed"}} once the minute has ended.
     *
     * @return whether it has a row of its own
     */
    public boolean refusal(AuditEvent event, String reason) {
        Instant now = clock.instant();
        boolean own = refusals.pass(SuppressedCounts.Key.of(event, reason), now);
        if (own) {
            PendingAuditRow draft = PendingAuditRow.of(event, now);
            store.write(tx -> append(tx, draft));
        }
        return own;
    }

    /**
     * As {@link #refusal}, never awaited: for threads that must not wait for the disk.
     *
     * @return whether it gets a row of its own
     */
    public boolean refusalLater(AuditEvent event, String reason) {
        boolean own = refusals.pass(SuppressedCounts.Key.of(event, reason), clock.instant());
        if (own) {
            later.add(event);
        }
        return own;
    }

    /**
     * A refusal of somebody who is not known, never awaited: up to 100 rows a minute for each address and reason and 1,000 for all
     * addresses together, the rest counted in one row {@code {"reason", "remote", "suppressed"}} for each of the first 1,000
     * addresses and in one row without {@code remote} for all others, once the minute has ended.
     *
     * @param event without an actor
     * @param remote address without port
     */
    public void refusalLater(AuditEvent event, String reason, String remote) {
        if (strangers.pass(SuppressedCounts.Key.ofStranger(event, reason, remote), clock.instant())) {
            later.add(event);
        }
    }

    /** Writes what is queued now, and the counts of the current minute; used at stop and by tests. */
    public void flush() {
        later.flush(true);
    }

    /** Told of each committed row's type and tenant, for metrics; on the writer thread, so short. */
    public void onRow(Consumer<AuditRow> listener) {
        listeners.add(listener);
    }

    public Page page(ReadTx tx, Query query) throws SQLException {
        List<Long> seqs = new ArrayList<>();
        Extent extent = extent(tx, query, (seq, bytes) -> seqs.add(seq));
        return new Page(rows(tx, seqs), extent.total(), extent.nextCursor());
    }

    /** Which rows a page holds, without reading them: each is offered in the order of the walk, until one is not admitted. */
    public Extent extent(ReadTx tx, Query query, Admission admission) throws SQLException {
        return new AuditQuery(table).extent(tx, query, admission);
    }

    /** Rows by position, ascending. */
    public List<AuditRow> rows(ReadTx tx, List<Long> seqs) throws SQLException {
        return new AuditQuery(table).rows(tx, seqs);
    }

    /** Where the chain ends; empty for a table without rows. What a signed statement about the log names. */
    public Optional<ChainHead> head(ReadTx tx) throws SQLException {
        return chain.storedHead(tx);
    }

    /** The last row that this process committed, for {@link HeadSigner#expect}. */
    public Optional<ChainHead> written() {
        return chain.committedHead();
    }

    /** Refuses every further row, as a failed store does: the table was found changed. */
    public void distrust(String sentence) {
        chain.distrust(sentence);
    }

    /** Writes no row from here on: what the key folder remembers is to be the last one. */
    public void end() {
        store.write(tx -> {
            chain.end();
            return 0;
        });
    }

    /** Why health is red: the table was changed, or rows wait or were lost; else null. */
    public @Nullable String problem() {
        String changed = chain.problem();
        return changed != null ? changed : later.problem();
    }

    /** Walks the chain. @return problems, one sentence each, empty when whole */
    public List<String> fsck(ReadTx tx) throws SQLException {
        return new AuditFsck(table).walk(tx, null);
    }

    /** As {@link #fsck(ReadTx)}, for a table that nobody has open as a log. */
    public static List<String> fsckTable(ReadTx tx, AuditTable table) throws SQLException {
        return new AuditFsck(table).walk(tx, null);
    }

    /** The rows that this log vouches for. */
    public GuardedRows guardedRows() {
        return guarded;
    }

    /** As {@link #fsck(ReadTx)}, and finds a cut tail or a rewritten chain. @param expected a head known from elsewhere */
    public List<String> fsckAgainst(ChainHead expected, ReadTx tx) throws SQLException {
        return new AuditFsck(table).walk(tx, expected);
    }

    @Override
    public void close() {
        later.close();
    }

    /**
     * All optional; since and until are inclusive, pages are ascending.
     *
     * @param cursor 0 or more: rows after this seq, oldest first (0 = start). Negative: rows before {@code -cursor}, newest first.
     *     Absent: from the oldest on with {@code since}, from the newest back without
     */
    public record Query(
            @Nullable String tenant,
            @Nullable Instant since,
            @Nullable Instant until,
            @Nullable String actor,
            @Nullable String type,
            @Nullable Long cursor,
            int limit) {}

    /** Decides whether a page takes one more row; it takes the first. */
    @FunctionalInterface
    public interface Admission {
        /** @param bytes of the row's detail @return false to end the page before this row */
        boolean admit(long seq, long bytes);
    }

    /**
     * @param backward the rows were offered newest first
     * @param total rows that match the filters, whatever the page
     * @param nextCursor continues in the same direction; null when nothing follows
     */
    public record Extent(
            boolean backward, long total, @Nullable Long nextCursor) {}

    /** @param total rows that match the filters, whatever the page; nextCursor continues in the same direction; null when nothing follows */
    public record Page(
            List<AuditRow> rows, long total, @Nullable Long nextCursor) {}
}
