package bulwark.facts.identity;

import bulwark.kernel.evidence.LogEntry;
import bulwark.kernel.evidence.LogKeys;
import bulwark.kernel.evidence.LogLeaf;
import bulwark.kernel.evidence.Outbox;
import bulwark.kernel.evidence.OutboxRefused;
import bulwark.kernel.evidence.OutboxSeal;
import bulwark.kernel.evidence.TransparencyLog;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Carries committed payloads into the transparency log through the outbox and remembers where they stand. Create it before
 * the outbox starts. Thread-safe. With the log switched off, payloads are dropped without an entry.
 */
public final class LogAnchors {
    private static final String PAYLOAD = "log.payload";
    private static final String ROTATION = "log.rotation";

    private final Store store;
    private final Outbox outbox;
    private final TransparencyLog log;
    private final NodeKeys keys;
    private final OutboxSeal seal;
    private final Map<String, CompletableFuture<Optional<LogAnchor>>> waiting = new ConcurrentHashMap<>();

    /** @param logKeys sign each row in the mutation that makes it: a row that somebody planted never reaches the log */
    public LogAnchors(Store store, Outbox outbox, TransparencyLog log, NodeKeys keys, LogKeys logKeys) {
        this.store = store;
        this.outbox = outbox;
        this.log = log;
        this.keys = keys;
        this.seal = new OutboxSeal(logKeys);
        outbox.handle(PAYLOAD, this::appendPayload);
        outbox.handle(ROTATION, this::appendRotation);
    }

    /** In the caller's transaction: this payload will stand in the log. The key makes it so once only. */
    public void enqueue(WriteTx tx, String dedupeKey, Map<String, ? extends @Nullable Object> payload)
            throws SQLException {
        outbox.enqueue(tx, PAYLOAD, dedupeKey, seal.seal(PAYLOAD, dedupeKey, payload));
    }

    /** After its manifest's own row: the entry names the index that the manifest got. */
    void enqueueRotation(WriteTx tx, KeyRotation rotation, String manifestKey) throws SQLException {
        String key = rotationKey(rotation.newKeyId());
        Map<String, @Nullable Object> members = rotation.members();
        members.put("manifest", manifestKey);
        outbox.enqueue(tx, ROTATION, key, seal.seal(ROTATION, key, members));
    }

    /** Rows that a version before seals left open; once, when the store is first given its signed heads. */
    public void sealOpenRows() {
        store.write(tx -> {
            seal.sealOpenRows(tx, PAYLOAD);
            return tx;
        });
    }

    static String manifestKey(Manifest manifest) {
        return "manifest:" + manifest.leafHash();
    }

    static String rotationKey(String newKeyId) {
        return "rotation:" + newKeyId;
    }

    public TransparencyLog log() {
        return log;
    }

    /** Empty while it is not in the log. */
    public Optional<LogAnchor> find(String dedupeKey) {
        return store.read(tx -> LogAnchor.find(tx, dedupeKey));
    }

    /** Waits for the outbox to place it, up to the deadline; empty when it did not, or when the log is off. */
    Optional<LogAnchor> await(String dedupeKey, Duration deadline) {
        CompletableFuture<Optional<LogAnchor>> placed =
                waiting.computeIfAbsent(dedupeKey, key -> new CompletableFuture<>());
        try {
            Optional<LogAnchor> known = find(dedupeKey);
            return known.isPresent() ? known : placed.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            waiting.remove(dedupeKey);
        }
    }

    private void appendPayload(String dedupeKey, String row) throws TransparencyLog.LogUnavailable, OutboxRefused {
        append(dedupeKey, seal.open(PAYLOAD, dedupeKey, row));
    }

    private void appendRotation(String dedupeKey, String row) throws TransparencyLog.LogUnavailable, OutboxRefused {
        if (isOff()) {
            placed(dedupeKey, Optional.empty());
            return;
        }
        Map<String, @Nullable Object> members = seal.open(ROTATION, dedupeKey, row);
        KeyRotation rotation = KeyRotation.of(members);
        LogAnchor manifest = find(String.valueOf(members.get("manifest")))
                .orElseThrow(() -> new TransparencyLog.LogUnavailable("the manifest is not in the log yet", null));
        append(
                dedupeKey,
                rotation.logEntry(
                        manifest.logIndex(), rotation.kind().ring(keys).signer(rotation.oldKeyId())));
    }

    private void append(String dedupeKey, Map<String, ? extends @Nullable Object> payload)
            throws TransparencyLog.LogUnavailable {
        if (isOff()) {
            placed(dedupeKey, Optional.empty());
            return;
        }
        LogEntry entry = log.append(new LogLeaf(payload, dedupeKey));
        LogAnchor anchor = LogAnchor.of(entry);
        store.write(tx -> {
            anchor.insert(tx, dedupeKey);
            return anchor;
        });
        placed(dedupeKey, Optional.of(anchor));
    }

    private boolean isOff() {
        return log.backend().equals("off");
    }

    private void placed(String dedupeKey, Optional<LogAnchor> anchor) {
        CompletableFuture<Optional<LogAnchor>> future = waiting.get(dedupeKey);
        if (future != null) {
            future.complete(anchor);
        }
    }
}
