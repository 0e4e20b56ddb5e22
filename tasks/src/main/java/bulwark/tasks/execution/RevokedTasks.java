package bulwark.tasks.execution;

import bulwark.tasks.store.Revocation;
import bulwark.tasks.store.RevocationStore;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What this worker knows of revoked tasks and paused queues: loaded at its start, refreshed, and updated by commands. Thread-safe. */
public final class RevokedTasks {
    private final RevocationStore store;
    private final String namespace;
    private final Clock clock;
    private final Map<String, Revocation> revocations = new ConcurrentHashMap<>();
    private final Semaphore changes = new Semaphore(0);

    public RevokedTasks(RevocationStore store, String namespace, Clock clock) {
        this.store = store;
        this.namespace = namespace;
        this.clock = clock;
    }

    /** @return those that are new or changed */
    public List<Revocation> refresh() {
        Instant now = clock.instant();
        revocations.values().removeIf(revocation -> revocation.expired(now));
        Set<String> gone = new HashSet<>(revocations.keySet());
        List<Revocation> stored = store.list(namespace);
        stored.forEach(revocation -> gone.remove(revocation.taskId()));
        // A pause that is no longer stored was ended by an order that another worker has pruned.
        if (revocations.keySet().removeAll(gone)) {
            changes.release();
        }
        List<Revocation> learned = stored.stream().filter(this::learn).toList();
        if (stored.stream().anyMatch(revocation -> revocation.expired(now))) {
            store.prune(namespace, now);
        }
        return learned;
    }

    /** Keeps it in the store and here. @return what counts from now on */
    public Revocation add(Revocation revocation) {
        Revocation winner = store.upsert(revocation);
        learn(winner);
        return winner;
    }

    private boolean learn(Revocation revocation) {
        Revocation old = revocations.get(revocation.taskId());
        if (old != null && old.version() >= revocation.version()) {
            return false;
        }
        revocations.put(revocation.taskId(), revocation);
        changes.release();
        return true;
    }

    Optional<Revocation> of(String taskId) {
        Revocation revocation = revocations.get(taskId);
        return revocation == null || revocation.expired(clock.instant()) ? Optional.empty() : Optional.of(revocation);
    }

    /** Returns when something was learned since the last call, or when the time is over. For one thread. */
    public void awaitChange(long millis) throws InterruptedException {
        if (changes.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
            changes.drainPermits();
        }
    }

    public boolean paused(String queue) {
        return !revocations.isEmpty() && of(Revocation.PAUSE + queue).isPresent();
    }

    public List<String> pausedQueues() {
        return revocations.values().stream()
                .filter(each -> each.taskId().startsWith(Revocation.PAUSE) && !each.expired(clock.instant()))
                .map(each -> each.taskId().substring(Revocation.PAUSE.length()))
                .sorted()
                .toList();
    }

    /** Task ids, pauses left out. */
    public List<String> revoked() {
        return revocations.values().stream()
                .filter(each -> !each.taskId().startsWith(Revocation.PAUSE) && !each.expired(clock.instant()))
                .map(Revocation::taskId)
                .sorted()
                .toList();
    }
}
