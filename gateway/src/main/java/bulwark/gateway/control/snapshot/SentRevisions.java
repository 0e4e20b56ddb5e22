package bulwark.gateway.control.snapshot;

import bulwark.gateway.snapshot.SnapshotText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The last snapshots that gateways were sent, so that each may be told what changed since. Of the gateways that asked last alone: another one gets the whole. Thread-safe. */
final class SentRevisions {
    private static final int MAX_RECIPIENTS = 200;
    private static final int MAX_EACH = 3;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<SnapshotRecipient, Deque<SnapshotText>> byRecipient = new LinkedHashMap<>(16, 0.75f, true);

    /** @param digest of the revision */
    Optional<SnapshotText> find(SnapshotRecipient recipient, String digest) {
        lock.lock();
        try {
            return byRecipient.getOrDefault(recipient, new ArrayDeque<>()).stream()
                    .filter(revision -> revision.digest().equals(digest))
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    void keep(SnapshotRecipient recipient, SnapshotText revision) {
        lock.lock();
        try {
            Deque<SnapshotText> revisions = byRecipient.computeIfAbsent(recipient, asked -> new ArrayDeque<>());
            if (!revisions.contains(revision)) {
                revisions.addFirst(revision);
            }
            while (revisions.size() > MAX_EACH) {
                revisions.removeLast();
            }
            if (byRecipient.size() > MAX_RECIPIENTS) {
                byRecipient.remove(byRecipient.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }
}
