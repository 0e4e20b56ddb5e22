package bulwark.kernel.evidence.outbox;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.LogAnchor;
import bulwark.kernel.evidence.log.LogLeaf;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Submits committed payloads to the transparency log through the outbox and keeps a {@link LogAnchor} of each, in the table that
 * {@code db/kernel/V011__log_anchors.sql} makes. Create it, and register every kind, before the outbox starts. Thread-safe. With the
 * log switched off, payloads are dropped without an anchor.
 */
public final class LogSubmitter {
    private static final String PAYLOAD = "log.payload";

    private final Store store;
    private final Outbox outbox;
    private final TransparencyLog log;
    private final OutboxSeal seal;
    private final Set<String> kinds = ConcurrentHashMap.newKeySet();
    private final Map<String, CompletableFuture<Optional<LogAnchor>>> waiting = new ConcurrentHashMap<>();

    /** @param logKeys sign each row in the mutation that makes it: a row that somebody planted never reaches the log */
    public LogSubmitter(Store store, Outbox outbox, TransparencyLog log, LogKeys logKeys) {
        this.store = store;
        this.outbox = outbox;
        this.log = log;
        this.seal = new OutboxSeal(logKeys);
        register(PAYLOAD, committed -> committed);
    }

    /** Makes the payload for the log of what was committed, with what only became known later. */
    @FunctionalInterface
    public interface Completion {
        /** @throws LogUnavailable when it is not known yet; the row is tried again */
        Map<String, ? extends @Nullable Object> complete(Map<String, @Nullable Object> committed) throws LogUnavailable;
    }

    /** A kind of outbox row whose payload is completed when its turn comes. @param kind for instance {@code log.rotation} */
    public void register(String kind, Completion completion) {
        kinds.add(kind);
        outbox.handle(kind, (dedupeKey, row) -> submit(kind, completion, dedupeKey, row));
    }

    /** In the caller's transaction: this payload will stand in the log. The key makes it so once only. */
    public void enqueue(WriteTx tx, String dedupeKey, Map<String, ? extends @Nullable Object> payload)
            throws SQLException {
        enqueue(tx, PAYLOAD, dedupeKey, payload);
    }

    /** As {@link #enqueue(WriteTx, String, Map)}, for a kind that was registered. Rows are carried out in their order. */
    public void enqueue(WriteTx tx, String kind, String dedupeKey, Map<String, ? extends @Nullable Object> payload)
            throws SQLException {
        outbox.enqueue(tx, kind, dedupeKey, seal.seal(kind, dedupeKey, payload));
    }

    /** Rows that a version before seals left open; once, when the store is first given its signed heads. */
    public void sealOpenRows() {
        store.write(tx -> {
            seal.sealOpenRows(tx, PAYLOAD);
            return tx;
        });
    }

    /** After the log key was replaced: rows that still wait bear the new one's signature. */
    public void resealOpenRows() {
        store.write(tx -> {
            for (String kind : kinds) {
                seal.resealOpenRows(tx, kind);
            }
            return kinds;
        });
    }

    public TransparencyLog log() {
        return log;
    }

    /** Empty while it is not in the log. */
    public Optional<LogAnchor> find(String dedupeKey) {
        return store.read(tx -> LogAnchor.find(tx, dedupeKey));
    }

    /** Waits for the outbox to submit it, up to the deadline; empty when it did not, or when the log is off. */
    public Optional<LogAnchor> await(String dedupeKey, Duration deadline) {
        CompletableFuture<Optional<LogAnchor>> submitted =
                waiting.computeIfAbsent(dedupeKey, key -> new CompletableFuture<>());
        try {
            Optional<LogAnchor> known = find(dedupeKey);
            return known.isPresent() ? known : submitted.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            waiting.remove(dedupeKey);
        }
    }

    private void submit(String kind, Completion completion, String dedupeKey, String row)
            throws LogUnavailable, OutboxRefused {
        Map<String, @Nullable Object> committed = seal.open(kind, dedupeKey, row);
        if (log.backend().equals("off")) {
            submitted(dedupeKey, Optional.empty());
            return;
        }
        LogAnchor anchor = LogAnchor.of(log.append(new LogLeaf(completion.complete(committed), dedupeKey)));
        store.write(tx -> {
            anchor.insert(tx, dedupeKey);
            return anchor;
        });
        submitted(dedupeKey, Optional.of(anchor));
    }

    private void submitted(String dedupeKey, Optional<LogAnchor> anchor) {
        CompletableFuture<Optional<LogAnchor>> future = waiting.get(dedupeKey);
        if (future != null) {
            future.complete(anchor);
        }
    }
}
