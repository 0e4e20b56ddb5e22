package bulwark.kernel.evidence.signer;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.HashChain;
import bulwark.kernel.evidence.heads.HeadFile;
import bulwark.kernel.evidence.heads.LogKeyChange;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.SignedHeads;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreFailed;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs the heads of a store's chains whenever one of them moved, at an interval, and puts them into the log, the key folder and the
 * second place. It signs only what follows by its links from the heads that it signed before and passes what this process wrote: a
 * store that was changed behind it is reported, and nothing is signed from then on. Thread-safe.
 */
public final class HeadSigner implements AutoCloseable {
    /** How long heads may stay unsigned before {@link #problem()} says so. */
    public static final Duration MAX_DELAY = Duration.ofSeconds(60);

    /** A whole check of a log of this size takes a reader of the store for some tenths of a second. */
    private static final long MAX_RECHECKED_LOG = 4 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(HeadSigner.class);

    private final Store store;
    private final HeadPublisher publisher;
    private final EvidenceScope scope;
    private final LogKeys keys;
    private final @Nullable AuditLog audit;
    private final Map<String, Supplier<Optional<ChainHead>>> written = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable String> finding = new AtomicReference<>();
    private final ReentrantLock signing = new ReentrantLock();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final SigningDelay delay;
    /** What could not be read when it was compared last. */
    private volatile @Nullable String unreadable;

    private @Nullable EssentialThread thread;

    /** @param audit the log whose proven rows the key folder remembers together with the heads, or null */
    HeadSigner(
            Store store,
            HeadPublisher publisher,
            EvidenceScope scope,
            LogKeys keys,
            Clock clock,
            @Nullable AuditLog audit) {
        this.store = store;
        this.publisher = publisher;
        this.scope = scope;
        this.keys = keys;
        this.delay = new SigningDelay(clock);
        this.audit = audit;
    }

    public String storeId() {
        return publisher.storeId();
    }

    public LogKeys keys() {
        return keys;
    }

    /** Names the last row that this process wrote into a table: what is signed must pass it. */
    public void expect(String table, Supplier<Optional<ChainHead>> lastWritten) {
        written.put(table, lastWritten);
    }

    /** Told once, with a sentence, when the store was changed behind this process. */
    public void onFinding(Consumer<String> listener) {
        listeners.add(listener);
    }

    /** Signs from now on by itself. @param interval time between two looks, so the longest time that a head stays unsigned */
    public void start(Duration interval) {
        thread = EssentialThread.platform("head-signer", () -> loop(interval)).start();
    }

    private void loop(Duration interval) {
        do {
            signNow();
            if (unreadable != null) {
                recheck();
            }
        } while (!stopped(interval));
    }

    private boolean stopped(Duration wait) {
        try {
            return stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Why health is red: the store was changed, what vouches for it cannot be read, or heads could not be signed for longer than {@link #MAX_DELAY}; else null. */
    public @Nullable String problem() {
        String found = finding.get();
        if (found != null) {
            return found;
        }
        String unread = unreadable;
        if (unread != null) {
            return unread;
        }
        return delay.problem();
    }

    /** Signs what moved since the last time. @return whether everything stands signed in every place */
    public boolean signNow() {
        signing.lock();
        try {
            if (finding.get() != null) {
                return false;
            }
            delay.begin();
            List<ChainHead> heads = moved();
            if (heads != null) {
                publisher.publish(heads, List.of());
                if (audit != null) {
                    audit.guardedRows().keep(false);
                }
            } else if (finding.get() == null) {
                publisher.keepAgain();
            }
            if (finding.get() == null) {
                publisher.publishCheckpoint();
            }
            delay.succeeded();
            return finding.get() == null;
        } catch (LogUnavailable | IOException | RuntimeException e) {
            delay.failed(e);
            return false;
        } finally {
            signing.unlock();
        }
    }

    /** The heads to sign; null when none moved or the store was changed. */
    private @Nullable List<ChainHead> moved() {
        Map<String, ChainHead> through = new HashMap<>();
        written.forEach((table, last) -> last.get().ifPresent(head -> through.put(table, head)));
        SignedHeads before = publisher.newest();
        List<ChainHead> heads = new ArrayList<>();
        String problem = store.read(tx -> Optional.ofNullable(follow(tx, before, through, heads)))
                .orElse(null);
        if (problem != null) {
            report(problem);
            return null;
        }
        return publisher.isPublished(heads) ? null : heads;
    }

    private @Nullable String follow(
            ReadTx tx, @Nullable SignedHeads before, Map<String, ChainHead> through, List<ChainHead> into)
            throws SQLException {
        for (HashChain chain : scope.chains()) {
            ChainHead from = before == null ? null : before.heads().get(chain.table());
            HashChain.Followed followed = chain.follow(tx, from, through.get(chain.table()));
            if (followed.problem() != null) {
                return followed.problem();
            }
            if (followed.end() != null) {
                into.add(followed.end());
            }
        }
        return null;
    }

    /** @param newKeyId the key that signs from now on */
    public record RotatedKey(String oldKeyId, String newKeyId) {}

    /**
     * Replaces the log key: the old key signs a leaf that introduces the new one, which signs every leaf from there on. What the old one
     * signed stays believed, because it stands before that leaf. A kill at any moment is mended by the next start.
     *
     * @throws KeyRefused when the store was changed, so that nothing is signed for it
     * @throws LogUnavailable when the leaf did not get into the log; nothing has changed then
     */
    public RotatedKey rotateKey() throws LogUnavailable {
        signing.lock();
        try {
            SignedHeads before = agreed();
            KeyEntry next = keys.announce();
            HeadFile.Content leaf;
            try {
                leaf = publisher.append(before, LogKeyChange.introduces(next));
            } catch (LogUnavailable e) {
                keys.withdraw(next.id());
                throw e;
            }
            keepOrRetry(leaf);
            keys.promote(next.id());
            signNow();
            return new RotatedKey(leaf.heads().signature().keyId(), next.id());
        } finally {
            signing.unlock();
        }
    }

    /**
     * Ends all trust in a former log key at once. What stands before the leaf that replaced it stays believed; nothing else that it
     * signed does, whatever date it bears. Doing it again changes nothing and tells the log again.
     *
     * @param reason for the leaf that says so
     * @throws KeyRefused when the ring does not hold the key, when it still signs or vouches for the newest heads, and when the store
     *     was changed; nothing has changed then
     * @throws LogUnavailable when the key is distrusted and the log could not be told
     */
    public void distrustKey(String keyId, String reason) throws LogUnavailable {
        signing.lock();
        try {
            if (!keys.holds(keyId) || keys.current().id().equals(keyId)) {
                throw new KeyRefused("the ring of log keys does not hold the key " + keyId
                        + " as a former one: rotate the log key before the one that signs is distrusted");
            }
            signNow();
            requireUnchanged();
            SignedHeads before = publisher.newest();
            HeadFile.Content kept = scope.keyFolderHead().read().content();
            if (before == null
                    || kept == null
                    || kept.heads().signature().keyId().equals(keyId)) {
                throw new KeyRefused("the newest signed heads in the key folder are still those of the log key " + keyId
                        + ", because no new ones could be signed and kept: mend that first");
            }
            keys.distrust(keyId);
            keepOrRetry(publisher.append(before, LogKeyChange.distrusts(keyId, reason)));
        } finally {
            signing.unlock();
        }
    }

    private void keepOrRetry(HeadFile.Content leaf) {
        try {
            publisher.keep(leaf);
        } catch (IOException | RuntimeException e) {
            delay.failed(e);
        }
    }

    /** The newest signed heads, after what moved was signed. */
    private SignedHeads agreed() throws LogUnavailable {
        boolean signed = signNow();
        requireUnchanged();
        SignedHeads before = publisher.newest();
        String failure = delay.failure();
        if (!signed || before == null) {
            throw new LogUnavailable(failure == null ? "no heads are signed yet" : failure, null);
        }
        return before;
    }

    private void requireUnchanged() {
        String found = finding.get();
        if (found != null) {
            throw new KeyRefused("The store was changed behind this process, so its log key signs nothing: " + found);
        }
    }

    /** Sets the store against log, key folder and second place. Only a disagreement lasts: what cannot be read is looked at again. @param whole each leaf, not only the newest @return sentences */
    public List<String> check(boolean whole) {
        return compare(whole).problems();
    }

    private StoreCheck.Report compare(boolean whole) {
        signing.lock();
        try {
            StoreCheck.Report report = store.read(tx -> StoreCheck.report(scope, keys, tx, whole));
            report.lasting().stream().findFirst().ifPresent(this::report);
            String unread = report.passing().stream().findFirst().orElse(null);
            if (unread != null && !unread.equals(unreadable)) {
                LOG.warn("{}; it is tried again", unread);
            }
            unreadable = unread;
            return report;
        } finally {
            signing.unlock();
        }
    }

    /**
     * As {@link #check}, cheap enough to be repeated: every leaf while the log is short, else the newest.
     *
     * @return sentences that say how they disagree, none about what cannot be read now
     */
    public List<String> recheck() {
        readBack();
        ConfiguredPath local = scope.localLog();
        return compare(local != null && local.path().toFile().length() < MAX_RECHECKED_LOG)
                .lasting();
    }

    /** A service that does not answer says nothing about its entries. */
    private void readBack() {
        try {
            checkLog();
        } catch (LogUnavailable e) {
            LOG.warn(
                    "The newest leaf could not be read back; it is tried again with the next comparison: {}",
                    e.getMessage());
        }
    }

    /**
     * Reads the newest signed heads back from a log beyond this machine.
     *
     * @return sentences, empty when it holds them
     * @throws LogUnavailable when it does not answer
     */
    public List<String> checkLog() throws LogUnavailable {
        String lost = publisher.readBack();
        if (lost == null) {
            return List.of();
        }
        report(lost);
        return List.of(lost);
    }

    /** The store was found changed by somebody else than this. Nothing is signed from here on. */
    public void report(String sentence) {
        if (finding.compareAndSet(null, sentence)) {
            LOG.error("The store was changed behind this process; no head is signed any more: {}", sentence);
            listeners.forEach(listener -> listener.accept(sentence));
        }
    }

    /** Ends the audit log and signs the last heads. */
    @Override
    public void close() {
        stop.countDown();
        EssentialThread running = thread;
        try {
            if (running != null) {
                running.thread().join(Duration.ofSeconds(10));
            }
            if (audit != null) {
                audit.end();
            }
            if (signNow() && audit != null) {
                audit.guardedRows().keep(true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | StoreFailed e) {
            LOG.warn("The last heads of the store stay unsigned: {}", e.getMessage());
        }
    }
}
