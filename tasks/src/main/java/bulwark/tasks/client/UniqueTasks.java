package bulwark.tasks.client;

import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.UniqueLock;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.LockStore;
import bulwark.tasks.store.TaskStores;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A unique task holds the lock {@code stem:unique:KEY}, owned by its id, from its enqueueing to its end or for the requested time. */
final class UniqueTasks {
    static final String LOCK = "stem:unique:";
    private static final Duration DEFAULT = Duration.ofMinutes(5);

    private final LockStore locks;
    private final ResultBackend results;
    private final Clock clock;

    UniqueTasks(TaskStores stores, Clock clock) {
        this.locks = stores.locks();
        this.results = stores.results();
        this.clock = clock;
    }

    UniqueLock lock(EnqueueRequest request, Envelope envelope) {
        return new UniqueLock(LOCK + UniqueKey.of(request, envelope), ttl(request));
    }

    /** The envelope that the lock belongs to: its end gives the lock back. */
    Envelope marked(Envelope envelope, UniqueLock lock) {
        Instant until = clock.instant().plus(lock.held());
        envelope.meta()
                .put("stem.unique.key", lock.key().substring(LOCK.length()))
                .put("stem.unique.owner", envelope.id())
                .put("stem.unique.expiresAt", DartTimestamps.of(until));
        return envelope;
    }

    /**
     * Of a broadcast, which has no queue to enter in one step: the lock first, given back when the sending fails.
     *
     * @return id of the task that holds the lock
     */
    String broadcast(UniqueLock lock, String owner, Runnable sending) {
        // The owner may end between a refused acquisition and the question who it is: then it is our turn after all.
        for (int turn = 0; turn < 3; turn++) {
            if (locks.acquire(lock.key(), owner, lock.held())) {
                try {
                    sending.run();
                    return owner;
                } catch (RuntimeException e) {
                    locks.release(lock.key(), owner);
                    throw e;
                }
            }
            Optional<String> holder = locks.ownerOf(lock.key());
            if (holder.isPresent()) {
                return holder.get();
            }
        }
        throw new BrokerUnavailable("the lock of a unique task changes hands too quickly: try again", null);
    }

    /** For an observer of the task: how often it was requested again. A status that moved on meanwhile stays as it is. */
    void recordDuplicate(String holder, Envelope duplicate) {
        Optional<TaskStatus> status = results.get(holder);
        if (status.isEmpty()) {
            return;
        }
        TaskStatus known = status.get();
        ObjectNode meta = known.meta().deepCopy();
        ArrayNode duplicates = meta.path("stem.unique.duplicates") instanceof ArrayNode there
                ? there
                : meta.putArray("stem.unique.duplicates");
        if (duplicates.size() >= 100) {
            return;
        }
        duplicates
                .addObject()
                .put("taskId", duplicate.id())
                .put("queue", duplicate.queue())
                .put("at", DartTimestamps.of(duplicate.enqueuedAt()));
        results.putFenced(new TaskStatus(
                known.id(),
                known.state(),
                known.payload(),
                known.error(),
                meta,
                known.attempt(),
                known.createdAt(),
                known.updatedAt()));
    }

    private static Duration ttl(EnqueueRequest request) {
        @Nullable Duration ttl = request.uniqueFor() != null ? request.uniqueFor() : request.visibilityTimeout();
        return ttl == null ? DEFAULT : ttl;
    }
}
