package bulwark.gateway.control.snapshot;

import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.snapshot.SnapshotText;
import bulwark.gateway.snapshot.SnapshotTextCache;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The newest snapshot of each gateway, for those that wait for it. It is made when the first one asks after a change, for all gateways. Thread-safe. */
public final class SnapshotFeed implements AutoCloseable {
    private final SnapshotBuilder builder;
    private final SnapshotSigner signer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ReentrantLock building = new ReentrantLock();
    private long changes;
    private boolean closed;
    private volatile @Nullable Built built;

    private final SentRevisions sent = new SentRevisions();

    /** @param texts of each gateway that asked */
    private record Built(
            long changes,
            SnapshotBuilder.Content content,
            SnapshotTextCache cache,
            Map<SnapshotRecipient, SnapshotText> texts) {
        SnapshotText of(SnapshotRecipient recipient) {
            return texts.computeIfAbsent(recipient, asked -> SnapshotText.of(content.of(asked), cache));
        }
    }

    private SnapshotFeed(SnapshotBuilder builder, SnapshotSigner signer) {
        this.builder = builder;
        this.signer = signer;
    }

    public static SnapshotFeed open(ControlStore store, SnapshotSigner signer) {
        SnapshotFeed feed = new SnapshotFeed(new SnapshotBuilder(store), signer);
        store.onPublishedChange(feed::signal);
        return feed;
    }

    private void signal() {
        lock.lock();
        try {
            changes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Of the newest snapshot. */
    public long generation() {
        return built().content.generation();
    }

    /** SHA-256 of what the gateway is to carry out now. */
    public String digest(SnapshotRecipient recipient) {
        return built().of(recipient).digest();
    }

    /**
     * The signed document, once its generation is another than this one; empty when none came in time. A generation that lies ahead of ours is answered at once: the gateway says what it
     * thinks of the older one.
     *
     * @param base digest of the snapshot that the gateway carries out; when it is one that this one follows, what changed since is sent alone. Empty for the whole.
     */
    public Optional<byte[]> await(SnapshotRecipient recipient, long generation, String base, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            long seen = changes();
            Built newest = built();
            long now = newest.content.generation();
            if (now != generation && now > 0) {
                return Optional.of(document(recipient, newest.of(recipient), base));
            }
            if (now > 0 && !base.isEmpty()) {
                sent.keep(recipient, newest.of(recipient));
            }
            if (!awaitChange(seen, deadline)) {
                return Optional.empty();
            }
        }
    }

    /** Of the whole, unless a change of what the gateway carries out is shorter. */
    private byte[] document(SnapshotRecipient recipient, SnapshotText next, String base) {
        Optional<SnapshotText> before =
                sent.find(recipient, base).filter(known -> known.generation() < next.generation());
        sent.keep(recipient, next);
        return before.filter(next::isMostlyOf)
                .map(known -> signer.signDelta(known, next))
                .orElseGet(() -> signer.sign(next));
    }

    /** Whether there was one before the deadline. */
    private boolean awaitChange(long seen, long deadline) throws InterruptedException {
        lock.lock();
        try {
            long left = deadline - System.nanoTime();
            while (changes == seen && left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
            return changes != seen && !closed;
        } finally {
            lock.unlock();
        }
    }

    private Built built() {
        Built last = built;
        if (last != null && last.changes == changes()) {
            return last;
        }
        building.lock();
        try {
            long before = changes();
            last = built;
            if (last == null || last.changes != before) {
                SnapshotTextCache cache = last == null ? SnapshotTextCache.empty() : last.cache.next();
                last = new Built(before, builder.build(), cache, new ConcurrentHashMap<>());
                built = last;
            }
            return last;
        } finally {
            building.unlock();
        }
    }

    private long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /** Those who wait get nothing more. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
