package bulwark.gateway.control.snapshot;

import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.snapshot.GatewaySnapshot;
import bulwark.gateway.snapshot.SignedSnapshot;
import java.time.Duration;
import java.util.Optional;
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

    private record Built(long changes, SnapshotBuilder.Content content) {}

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
        return content().generation();
    }

    /** SHA-256 of what the gateway is to carry out now. */
    public String digest(SnapshotRecipient recipient) {
        return SignedSnapshot.digest(snapshot(recipient));
    }

    private GatewaySnapshot snapshot(SnapshotRecipient recipient) {
        return content().of(recipient);
    }

    /**
     * The signed document, once its generation is another than this one; empty when none came in time. A generation that lies ahead of ours is answered at once: the gateway says what it
     * thinks of the older one.
     */
    public Optional<byte[]> await(SnapshotRecipient recipient, long generation, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            long seen = changes();
            long now = generation();
            if (now != generation && now > 0) {
                return Optional.of(signer.sign(snapshot(recipient)));
            }
            if (!awaitChange(seen, deadline)) {
                return Optional.empty();
            }
        }
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

    private SnapshotBuilder.Content content() {
        Built last = built;
        if (last != null && last.changes == changes()) {
            return last.content;
        }
        building.lock();
        try {
            long before = changes();
            last = built;
            if (last == null || last.changes != before) {
                last = new Built(before, builder.build());
                built = last;
            }
            return last.content;
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
